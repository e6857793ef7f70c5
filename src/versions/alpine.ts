import { compareRuns } from './digit-runs.ts';
import { isDigit, orderOf, orderOfDigits } from './order.ts';
import type { Order } from './order.ts';

/**
 * `number{.number}[letter]{_suffix[number]}[~hash][-rNumber]`, apk-package(5) and what apk-tools 3
 * does with it. Where a version stops to be well-formed, it is before what ends in good order: `1.0_what`
 * < `1.0`. Of two that stop at the same place apk can't tell; here their rests decide, run by run.
 */
export function compareAlpine(left: string, right: string): Order {
  let [leftToken, rightToken] = [nextToken(left, START), nextToken(right, START)];
  for (;;) {
    if (leftToken.kind !== rightToken.kind) return orderOf(placeOf(leftToken), placeOf(rightToken));
    if (leftToken.kind === 'end') return 0;
    if (leftToken.kind === 'malformed') {
      return compareRuns(left.slice(leftToken.end), right.slice(rightToken.end));
    }
    const order = compareTokens(leftToken, rightToken);
    if (order !== 0) return order;
    leftToken = nextToken(left, leftToken);
    rightToken = nextToken(right, rightToken);
  }
}

type TokenKind =
  | 'start'
  | 'first-number'
  | 'number'
  | 'letter'
  | 'suffix'
  | 'suffix-number'
  | 'hash'
  | 'revision'
  | 'end'
  | 'malformed';

interface Token {
  readonly kind: TokenKind;
  /** Without the character that announces it. */
  readonly text: string;
  /** Where the next one begins; of a malformed one, where it begins itself. */
  readonly end: number;
}

const START: Token = { kind: 'start', text: '', end: 0 };

/** In the order of their meaning; from `cvs` on they are after the version without one. */
const SUFFIXES: readonly string[] = ['alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p'];
const FIRST_AFTER = SUFFIXES.indexOf('cvs');

/** What may stand at one place where the other version has something else. */
const PLACES: Readonly<Record<TokenKind, number>> = {
  malformed: 1,
  end: 2,
  revision: 3,
  hash: 4,
  'suffix-number': 5,
  suffix: 6,
  letter: 7,
  number: 8,
  'first-number': 9,
  start: 10,
};

function placeOf({ kind, text }: Token): number {
  return kind === 'suffix' && SUFFIXES.indexOf(text) < FIRST_AFTER ? 0 : PLACES[kind];
}

function compareTokens(left: Token, right: Token): Order {
  switch (left.kind) {
    case 'number':
      // Like a fraction: 1.05 < 1.1
      return left.text.startsWith('0') || right.text.startsWith('0')
        ? orderOf(left.text, right.text)
        : orderOfDigits(left.text, right.text);
    case 'suffix':
      return orderOf(SUFFIXES.indexOf(left.text), SUFFIXES.indexOf(right.text));
    case 'letter':
    case 'hash':
      return orderOf(left.text, right.text);
    default:
      return orderOfDigits(left.text, right.text);
  }
}

function nextToken(version: string, previous: Token): Token {
  return announcedToken(version, previous) ?? { kind: 'malformed', text: '', end: previous.end };
}

/** What the character announces that stands there, where it may follow; null: it is malformed. */
function announcedToken(version: string, { kind, end }: Token): Token | null {
  if (kind === 'start') return digits('first-number', version, end);
  if (end === version.length) return { kind: 'end', text: '', end };
  const announced = announcedAt(version, end, kind);
  if (announced === null || !FOLLOWS[announced].includes(kind)) return null;
  return READERS[announced](version, end);
}

type AnnouncedKind = 'number' | 'letter' | 'suffix' | 'suffix-number' | 'hash' | 'revision';

/** Reads what stands at `end`. */
const READERS: Readonly<Record<AnnouncedKind, (version: string, end: number) => Token | null>> = {
  letter: (version, end) => ({ kind: 'letter', text: version.charAt(end), end: end + 1 }),
  suffix: (version, end) => suffix(version, end + 1),
  'suffix-number': (version, end) => digits('suffix-number', version, end),
  hash: (version, end) => hash(version, end + 1),
  number: (version, end) => digits('number', version, end + 1),
  revision: (version, end) => digits('revision', version, end + 2),
};

/** After what each may stand. */
const FOLLOWS: Readonly<Record<AnnouncedKind, readonly TokenKind[]>> = {
  number: ['first-number', 'number'],
  letter: ['first-number', 'number'],
  suffix: ['first-number', 'number', 'letter', 'suffix', 'suffix-number'],
  'suffix-number': ['suffix'],
  hash: ['first-number', 'number', 'letter', 'suffix', 'suffix-number'],
  revision: ['first-number', 'number', 'letter', 'suffix', 'suffix-number', 'hash'],
};

const BY_CHARACTER = new Map<string, AnnouncedKind>([
  ['.', 'number'],
  ['_', 'suffix'],
  ['~', 'hash'],
]);

function announcedAt(version: string, index: number, after: TokenKind): AnnouncedKind | null {
  const code = version.charCodeAt(index);
  if (isLowerCase(code)) return 'letter';
  if (isDigit(code)) return after === 'suffix' ? 'suffix-number' : null;
  if (version.startsWith('-r', index)) return 'revision';
  return BY_CHARACTER.get(version.charAt(index)) ?? null;
}

function digits(kind: TokenKind, version: string, start: number): Token | null {
  let end = start;
  while (isDigit(version.charCodeAt(end))) end++;
  return textToken(kind, version, start, end);
}

function hash(version: string, start: number): Token | null {
  let end = start;
  while (isDigit(version.charCodeAt(end)) || isHexLetter(version.charCodeAt(end))) end++;
  return textToken('hash', version, start, end);
}

/** There must be something. */
function textToken(kind: TokenKind, version: string, start: number, end: number): Token | null {
  return end === start ? null : { kind, text: version.slice(start, end), end };
}

function suffix(version: string, start: number): Token | null {
  let end = start;
  while (isLowerCase(version.charCodeAt(end))) end++;
  const text = version.slice(start, end);
  return SUFFIXES.includes(text) ? { kind: 'suffix', text, end } : null;
}

function isLowerCase(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isHexLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x66;
}
