/** A place in a file that somebody gave: lines and columns count from 1, in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How much of the line is meant. */
  readonly length: number;
  /** `services.checkout.owner`; null outside of any key. */
  readonly path: string | null;
}

/** One thing that is wrong, at its place. */
export interface Problem {
  readonly place: Place;
  /** What is wrong and what was expected, without the place. */
  readonly message: string;
}

/** `sheer.yaml:14:12: services.checkout.owner: there is no team "payment"` */
export function headline({ place, message }: Problem): string {
  const { file, line, column, path } = place;
  return `${printable(file)}:${line}:${column}: ${path === null ? '' : `${path}: `}${message}`;
}

/** `sheer.yaml:14`, for a reference to the place from elsewhere. */
export function lineOf(place: Place): string {
  return `${place.file}:${place.line}`;
}

/** ` (did you mean "payments"?)`, or nothing. */
export function didYouMean(suggestion: string | null): string {
  return suggestion === null ? '' : ` (did you mean ${quoted(suggestion)}?)`;
}

/** In quotes, on one line, without what a terminal would obey, and cut where it is too long to read. */
export function quoted(text: string): string {
  const short = text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}…` : text;
  return printable(JSON.stringify(short));
}

/** Control characters and what turns text around become a dot: one for one, so that columns stay. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => '·'.repeat(character.length));
}

const QUOTED_LENGTH_MAX = 60;
