import { isDigit, orderOf, orderOfDigits } from './order.ts';
import type { Compare, Order } from './order.ts';

/**
 * The same order, faster where both versions are nothing but numbers between dots, as most are: for
 * schemes in which a missing number is 0.
 */
export function withPlainNumbers(compare: Compare): Compare {
  return (left, right) =>
    isPlain(left) && isPlain(right) ? comparePlain(left, right) : compare(left, right);
}

const DOT = 0x2e;
const ZERO = 0x30;

/** `1.20.3`, without empty parts. */
function isPlain(version: string): boolean {
  let isAfterDigit = false;
  for (let index = 0; index < version.length; index++) {
    const code = version.charCodeAt(index);
    if (!isDigit(code) && !(code === DOT && isAfterDigit)) return false;
    isAfterDigit = code !== DOT;
  }
  return isAfterDigit;
}

function comparePlain(left: string, right: string): Order {
  let [leftStart, rightStart] = [0, 0];
  while (leftStart < left.length || rightStart < right.length) {
    const [leftEnd, rightEnd] = [numberEnd(left, leftStart), numberEnd(right, rightStart)];
    const isShort = leftEnd - leftStart < EXACT_DIGITS && rightEnd - rightStart < EXACT_DIGITS;
    const order = isShort
      ? orderOf(numberAt(left, leftStart, leftEnd), numberAt(right, rightStart, rightEnd))
      : orderOfDigits(left.slice(leftStart, leftEnd), right.slice(rightStart, rightEnd));
    if (order !== 0) return order;
    leftStart = leftEnd + 1;
    rightStart = rightEnd + 1;
  }
  return 0;
}

/** Up to 15 digits a double is exact. */
const EXACT_DIGITS = 16;

function numberEnd(version: string, start: number): number {
  let end = start;
  while (end < version.length && version.charCodeAt(end) !== DOT) end++;
  return end;
}

/** Beyond the end: 0. */
function numberAt(version: string, start: number, end: number): number {
  let number = 0;
  for (let index = start; index < end; index++) number = number * 10 + version.charCodeAt(index) - ZERO;
  return number;
}
