import { isDigit, isLetter, orderOf, orderOfDigits } from './order.ts';
import type { Order } from './order.ts';

/**
 * PHP's `version_compare`, which Packagist's advisories are ordered by, after a leading `v`: words and
 * numbers by turns; an unknown word < dev < alpha < beta < RC < the end < a number < patch.
 */
export function comparePackagist(left: string, right: string): Order {
  if (left === '' || right === '') return orderOf(left.length, right.length);
  const [leftParts, rightParts] = [partsOf(left), partsOf(right)];
  const longest = Math.max(leftParts.length, rightParts.length);
  for (let index = 0; index < longest; index++) {
    const order = compareParts(leftParts[index] ?? null, rightParts[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** By what a word begins with: `alphabet` is an alpha, `patch` and `pl` are patches. */
const WORDS: readonly (readonly [beginning: string, rank: number])[] = [
  ['dev', 2],
  ['a', 3],
  ['b', 4],
  ['RC', 5],
  ['rc', 5],
  ['p', 8],
];
const [NOTHING, UNKNOWN, END, NUMBER] = [0, 1, 6, 7];

function compareParts(left: string | null, right: string | null): Order {
  const rank = rankOf(left);
  const order = orderOf(rank, rankOf(right));
  return order === 0 && rank === NUMBER ? orderOfDigits(left ?? '', right ?? '') : order;
}

function rankOf(part: string | null): number {
  if (part === null) return END;
  if (part === '') return NOTHING;
  if (isDigit(part.charCodeAt(0))) return NUMBER;
  return WORDS.find(([beginning]) => part.startsWith(beginning))?.[1] ?? UNKNOWN;
}

/** A new part begins at each separator and between digits and what is none. */
function partsOf(version: string): readonly string[] {
  const text = version.replace(/^[vV]+\.?(?=\d)/, '');
  const parts: string[] = [];
  let part = text.charAt(0);
  // PHP knows no word of no length, but for the end of a version.
  if (part === '.') [parts[0], part] = ['?', ''];
  for (let index = 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isChange = changesAt(text.charCodeAt(index - 1), code);
    if ((isChange || isSeparator(code)) && part !== '') {
      parts.push(part);
      part = '';
    }
    if (isChange || !isSeparator(code)) part += text.charAt(index);
  }
  parts.push(part);
  return parts;
}

const DOT = 0x2e;
/** `-`, `_`, `+` */
const HYPHENS: readonly number[] = [0x2d, 0x5f, 0x2b];

function isSeparator(code: number): boolean {
  return !isDigit(code) && !isLetter(code);
}

function changesAt(previous: number, code: number): boolean {
  if (previous === DOT || code === DOT || HYPHENS.includes(code)) return false;
  return isDigit(previous) !== isDigit(code);
}
