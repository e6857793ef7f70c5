import {
  normalisePackageUrl,
  osvPackageOf,
  parsePackageUrl,
  type OsvPackage,
  type PackageUrl,
  type VersionInterval,
} from '#model';
import type { PackageQuestion } from '#graph';
import { findEcosystem } from '#versions';
import { describes } from '../excuses/vex-products.ts';
import { canonicalName, canonicalVersion } from '../matching/canonical-name.ts';
import { ecosystemOf } from '../matching/named-ecosystem.ts';
import { releaseHolds } from '../matching/releases.ts';
import { EVERYTHING } from '../matching/version-intervals.ts';
import { PatchError } from '../patch-error.ts';

/** A question about packages themselves: `pkg:npm/lodash@4.17.20`, `openssl@<3.0.12`, `Debian:12/openssl@>=3,<3.0.12`. */
export type AskedPackages =
  | {
      readonly kind: 'url';
      /** In the form for joining, which does not tell the release any more. */
      readonly url: PackageUrl;
      readonly known: OsvPackage | null;
    }
  | {
      readonly kind: 'range';
      /** Null: of whatever ecosystem. */
      readonly ecosystem: string | null;
      readonly name: string;
      readonly interval: VersionInterval;
    };

/**
 * What was meant to be a question about packages and is none, so that nobody looks for a service of that name.
 * Null: it was not, or it is one.
 */
export function malformedPackageQuestion(text: string): PatchError | null {
  if (parsePackageQuestion(text) !== null) return null;
  if (/^pkg:/i.test(text)) {
    return new PatchError('invalid-input', `"${text}" is no package URL`, {
      next: 'as in pkg:deb/debian/openssl@3.0.11-1, with or without the version',
    });
  }
  if (!/^[^@\s]+@$/.test(text)) return null;
  return new PatchError('invalid-input', `which versions of ${text.slice(0, -1)}?`, {
    next: `sheer who '${text}*', or a range as in '${text}<3.0.14' and '${text}>=3,<3.0.14'`,
  });
}

/** Null: it is neither. */
export function parsePackageQuestion(text: string): AskedPackages | null {
  if (/^pkg:/i.test(text)) {
    const url = parsePackageUrl(text);
    if (url === null) return null;
    return { kind: 'url', url: normalisePackageUrl(url), known: osvPackageOf(url) };
  }
  // An image by its digest.
  if (/@sha(?:256|512):[0-9a-f]+$/i.test(text)) return null;
  // The last one: names of npm begin with one.
  const at = text.lastIndexOf('@');
  if (at <= 0) return null;
  const interval = parseRange(text.slice(at + 1));
  if (interval === null) return null;
  const { ecosystem, name } = splitEcosystem(text.slice(0, at));
  return name === '' ? null : { kind: 'range', ecosystem, name, interval };
}

/** @param held the ecosystems of what is held */
export function questionsAbout(asked: AskedPackages, held: Iterable<string>): readonly PackageQuestion[] {
  if (asked.kind === 'range') return rangeQuestions(asked, held);
  const { url, known } = asked;
  const anywhere = (): readonly OsvPackage[] =>
    Array.from(new Set(Array.from(held, nameOf)), (ecosystem) => ({ ecosystem, name: url.name }));
  const names = known === null ? anywhere() : [known];
  const release = known === null ? null : releaseOf(known.ecosystem);
  return names.map(({ ecosystem, name }) => ({
    ecosystem: nameOf(ecosystem),
    name: canonicalName(nameOf(ecosystem), name),
    intervals: [EVERYTHING],
    enumerated: [],
    // The URL tells packages apart, and of which release they are where it names one.
    accepts: (entry) => describes(url, entry.purl) && isOfRelease(entry.ecosystem ?? '', release),
  }));
}

function rangeQuestions(
  { ecosystem, name, interval }: AskedPackages & { readonly kind: 'range' },
  held: Iterable<string>,
): readonly PackageQuestion[] {
  const release = ecosystem === null ? null : releaseOf(ecosystem);
  const ecosystems = [...held].filter(
    (each) =>
      ecosystem === null ||
      (nameOf(each) === nameOf(ecosystem) && releaseHolds(nameOf(each), release, releaseOf(each))),
  );
  return ecosystems.map((each) => {
    const canonical = canonicalName(nameOf(each), name);
    return {
      ecosystem: each,
      name: canonical,
      intervals: [canonicalInterval(nameOf(each), interval)],
      enumerated: [],
      accepts: (entry) =>
        entry.ecosystem === each && (entry.name === canonical || entry.source?.name === canonical),
    };
  });
}

function canonicalInterval(ecosystem: string, { from, to, ...ends }: VersionInterval): VersionInterval {
  const canonical = (version: string | null) =>
    version === null ? null : canonicalVersion(ecosystem, version);
  return { ...ends, from: canonical(from), to: canonical(to) };
}

/** A package whose release nobody knows may be of any. */
function isOfRelease(ecosystem: string, asked: string | null): boolean {
  const own = releaseOf(ecosystem);
  return asked === null || own === null || releaseHolds(nameOf(ecosystem), asked, own);
}

function releaseOf(ecosystem: string): string | null {
  return ecosystemOf(ecosystem).release;
}

function nameOf(ecosystem: string): string {
  return ecosystemOf(ecosystem).name;
}

function splitEcosystem(text: string): { readonly ecosystem: string | null; readonly name: string } {
  const slash = text.indexOf('/');
  const known = slash <= 0 ? null : findEcosystem(text.slice(0, slash));
  if (known === null) return { ecosystem: null, name: text };
  const ecosystem = known.release === null ? known.name : `${known.name}:${known.release}`;
  return { ecosystem, name: text.slice(slash + 1) };
}

/** `<3.0.12`, `>=1,<2`, `3.0.11`, `*`; null: not a range. */
function parseRange(text: string): VersionInterval | null {
  let interval = EVERYTHING;
  for (const part of text.split(',')) {
    const [, sign = '', version = ''] = /^\s*(<=|>=|<|>|=)?\s*(\S+)\s*$/.exec(part) ?? [];
    if (version === '') return null;
    if (version === '*' && sign === '') continue;
    if (sign === '<' || sign === '<=') interval = { ...interval, to: version, toInclusive: sign === '<=' };
    else if (sign === '>' || sign === '>=')
      interval = { ...interval, from: version, fromInclusive: sign === '>=' };
    else interval = { from: version, fromInclusive: true, to: version, toInclusive: true };
  }
  return interval;
}
