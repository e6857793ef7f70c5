import { orderOf, orderOfLists, orderOfNumbers } from './order.ts';
import type { Order } from './order.ts';
import { orderOfMalformed, parseSemver } from './semver.ts';

/**
 * NuGet's own: up to four numbers, missing ones are 0, pre-releases without regard to case, build
 * metadata don't count.
 */
export function compareNuGet(left: string, right: string): Order {
  const [leftParts, rightParts] = [parseSemver(left), parseSemver(right)];
  if (leftParts === null || rightParts === null) return orderOfMalformed(left, right);
  return (
    orderOfNumbers(leftParts.numbers, rightParts.numbers) ||
    orderOfLabels(leftParts.preRelease, rightParts.preRelease)
  );
}

function orderOfLabels(left: readonly string[] | null, right: readonly string[] | null): Order {
  if (left === null || right === null) return orderOf(Number(left === null), Number(right === null));
  return orderOfLists(left, right, compareLabels);
}

function compareLabels(left: string, right: string): Order {
  const [leftNumber, rightNumber] = [labelNumber(left), labelNumber(right)];
  if (leftNumber !== null && rightNumber !== null) return orderOf(leftNumber, rightNumber);
  if (leftNumber === null && rightNumber === null) return orderOf(left.toUpperCase(), right.toUpperCase());
  return leftNumber === null ? 1 : -1;
}

const INT32_MAX = 2_147_483_647;

/** NuGet takes for a number what fits its 32-bit one; a time stamp is a word, and goes by its characters. */
function labelNumber(label: string): number | null {
  if (!/^-?\d+$/.test(label)) return null;
  const number = Number(label);
  return number >= -INT32_MAX - 1 && number <= INT32_MAX ? number : null;
}
