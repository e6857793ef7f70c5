import * as fc from 'fast-check';
import type { Scheme } from './ecosystem.ts';

/** Versions made of the words that mean something in their scheme: well-formed, legacy and malformed ones. */
export function arbitraryVersion(scheme: Scheme): fc.Arbitrary<string> {
  return wordsOf(scheme).map(join);
}

/** Two with the same beginning, so that what decides is often near the end. */
export function arbitraryPair(scheme: Scheme): fc.Arbitrary<readonly [left: string, right: string]> {
  const words = wordsOf(scheme);
  return fc
    .tuple(words, words, words)
    .map(([beginning, left, right]) => [join([...beginning, ...left]), join([...beginning, ...right])]);
}

/** A tool that reads lines can't be asked about nothing. */
function join(words: readonly string[]): string {
  return words.join('') || '0';
}

function wordsOf(scheme: Scheme): fc.Arbitrary<readonly string[]> {
  const number = fc.constantFrom(
    '0',
    '1',
    '2',
    '9',
    '10',
    '00',
    '01',
    '007',
    '100',
    '20210315',
    '123456789012',
  );
  const [separators, words] = WORDS[scheme];
  const part = fc.tuple(
    fc.constantFrom(...separators),
    fc.oneof({ arbitrary: number, weight: 3 }, fc.constantFrom(...words)),
  );
  return fc
    .tuple(hasThreeNumbers(scheme) ? threeOf(number) : number, fc.array(part, { maxLength: 3 }))
    .map(([first, parts]) => [first, ...parts.flat()]);
}

function hasThreeNumbers(scheme: Scheme): boolean {
  return scheme === 'semver' || scheme === 'pub' || scheme === 'nuget';
}

/** Mostly three of them, for other ones are refused by their tools. */
function threeOf(number: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const three = fc.tuple(number, number, number).map((numbers) => numbers.join('.'));
  return fc.oneof({ arbitrary: three, weight: 4 }, number);
}

const DOTS = ['.', '.', '.'];
const SEMVER_WORDS = ['alpha', 'beta', 'rc', 'rc1', 'A', 'x-y', '-', '0a', 'r100'];

/** What may stand between the parts, and which parts there are besides numbers. */
const WORDS: Readonly<Record<Scheme, readonly [separators: readonly string[], words: readonly string[]]>> = {
  debian: [
    [...DOTS, '-', '~', '+', ':', '', '~~'],
    ['a', 'Z', 'rc', '~', 'ubuntu', 'bpo', 'dfsg', '+b1'],
  ],
  alpine: [
    [...DOTS, '_', '-r', '~', ''],
    ['alpha', 'beta', 'pre', 'rc', 'cvs', 'git', 'p', 'p1', 'a', 'what'],
  ],
  rpm: [
    [...DOTS, '-', '~', '^', ':', '', '_', '..'],
    ['a', 'Z', 'rc', '~', '^', 'el', 'fc', 'el8_5', 'git'],
  ],
  semver: [[...DOTS, '-', '-', '+', ''], SEMVER_WORDS],
  pub: [[...DOTS, '-', '-', '+', ''], SEMVER_WORDS],
  nuget: [[...DOTS, '-', '-', '+', ''], SEMVER_WORDS],
  python: [
    [...DOTS, '-', '_', '+', '', '', '!'],
    [
      'a',
      'b',
      'c',
      'rc',
      'alpha',
      'preview',
      'post',
      'rev',
      'r',
      'dev',
      'DEV',
      'final',
      'what',
      'a1',
      'post2',
    ],
  ],
  maven: [
    [...DOTS, '-', '-', ''],
    ['a', 'b', 'm', 'alpha', 'milestone', 'rc', 'CR', 'SNAPSHOT', 'ga', 'Final', 'sp', 'jre', 'x', 'a1'],
  ],
  rubygems: [
    [...DOTS, '-', ''],
    ['a', 'b', 'rc', 'pre', 'RC', 'a0', 'z9'],
  ],
  packagist: [
    [...DOTS, '-', '_', '+', ''],
    ['alpha', 'a', 'b', 'RC', 'rc', 'dev', 'pl', 'p', 'Beta', 'what'],
  ],
  hackage: [DOTS, ['3', 'a']],
  cran: [
    [...DOTS, '-'],
    ['3', 'a'],
  ],
};
