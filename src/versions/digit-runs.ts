import { isDigit, isLetter, orderOf, orderOfDigits } from './order.ts';
import type { Order } from './order.ts';

/**
 * Runs of other characters and runs of digits by turns, each pair of them until one differs: the parts
 * of deb-version(7).
 */
export function compareRuns(left: string, right: string): Order {
  let [leftAt, rightAt] = [0, 0];
  while (leftAt < left.length || rightAt < right.length) {
    for (;;) {
      const order = orderOf(weightAt(left, leftAt), weightAt(right, rightAt));
      if (order !== 0) return order;
      if (weightAt(left, leftAt) === END) break;
      leftAt++;
      rightAt++;
    }
    const [leftStart, rightStart] = [leftAt, rightAt];
    while (isDigit(left.charCodeAt(leftAt))) leftAt++;
    while (isDigit(right.charCodeAt(rightAt))) rightAt++;
    const order = orderOfDigits(left.slice(leftStart, leftAt), right.slice(rightStart, rightAt));
    if (order !== 0) return order;
  }
  return 0;
}

const TILDE = 0x7e;
const END = 0;

/** A tilde is before the end of the run, that is before letters, and those before all the rest. */
function weightAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  // Not a number: beyond the end.
  if (Number.isNaN(code) || isDigit(code)) return END;
  if (code === TILDE) return -1;
  return isLetter(code) ? code : code + 0x1_0000;
}
