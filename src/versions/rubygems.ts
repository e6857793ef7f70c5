import { isDigit, orderOf, orderOfDigits } from './order.ts';
import type { Order } from './order.ts';

/**
 * `Gem::Version`: numbers and words by turns, a missing one is 0, a word is before every number; `-`
 * is `.pre.`. Other characters only separate.
 */
export function compareRubyGems(left: string, right: string): Order {
  const [leftSegments, rightSegments] = [segmentsOf(left), segmentsOf(right)];
  const longest = Math.max(leftSegments.length, rightSegments.length);
  for (let index = 0; index < longest; index++) {
    const order = compareSegments(leftSegments[index] ?? '0', rightSegments[index] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

const SEGMENT = /\d+|[a-z]+/gi;

/** Without the zeros that end the numbers before the first word, or everything: `1.0.a` is `1.a`. */
function segmentsOf(version: string): readonly string[] {
  const segments = version.replaceAll('-', '.pre.').match(SEGMENT) ?? [];
  const firstWord = segments.findIndex((segment) => !isNumber(segment));
  const numbers = firstWord < 0 ? segments : segments.slice(0, firstWord);
  const rest = firstWord < 0 ? [] : segments.slice(firstWord);
  return [...withoutLastZeros(numbers), ...withoutLastZeros(rest)];
}

function withoutLastZeros(segments: readonly string[]): readonly string[] {
  return segments.slice(0, segments.findLastIndex((segment) => !/^0+$/.test(segment)) + 1);
}

function isNumber(segment: string): boolean {
  return isDigit(segment.charCodeAt(0));
}

function compareSegments(left: string, right: string): Order {
  const [leftIsNumber, rightIsNumber] = [isNumber(left), isNumber(right)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
  return leftIsNumber ? orderOfDigits(left, right) : orderOf(left, right);
}
