/**
 * A name that comes from outside (a label, a container's name), fit to be a part of an id and to be printed:
 * slashes, percent signs, control characters and those that turn text around are percent-encoded, so that two
 * different names stay different.
 */
export function safeName(name: string): string {
  // As a key of an object this is its prototype; sheer.yaml refuses it for that reason.
  if (name.trim() === '__proto__') return '%5F_proto__';
  return name.trim().replace(UNSAFE, (character) => encodeURIComponent(wellFormed(character)));
}

// Controls, `/`, `%`, zero-width characters and marks, line separators, bidirectional overrides, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/%]/gu;

/** encodeURIComponent throws on a lone surrogate. */
function wellFormed(character: string): string {
  return character.toWellFormed();
}
