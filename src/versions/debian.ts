import { isDigit, isDigits, isLetter, orderOf, orderOfDigits } from './order.ts';
import type { Order } from './order.ts';

/**
 * `[epoch:]upstream[-revision]`, deb-version(7). A missing epoch or revision is 0. What stands before
 * a colon and is no number is no epoch, but part of the upstream version. No text at all is before
 * every version.
 */
export function compareDebian(left: string, right: string): Order {
  if (left === '' || right === '') return orderOf(left.length, right.length);
  const leftColon = epochLength(left);
  const rightColon = epochLength(right);
  const epochs = orderOfDigits(epochOf(left, leftColon), epochOf(right, rightColon));
  if (epochs !== 0) return epochs;
  const leftHyphen = left.lastIndexOf('-');
  const rightHyphen = right.lastIndexOf('-');
  return (
    compareParts(upstreamOf(left, leftColon, leftHyphen), upstreamOf(right, rightColon, rightHyphen)) ||
    compareParts(revisionOf(left, leftColon, leftHyphen), revisionOf(right, rightColon, rightHyphen))
  );
}

/** Where the colon after the epoch is; -1: there is no epoch. */
function epochLength(version: string): number {
  const colon = version.indexOf(':');
  return colon > 0 && isDigits(version.slice(0, colon)) ? colon : -1;
}

function epochOf(version: string, colon: number): string {
  return colon < 0 ? '' : version.slice(0, colon);
}

function upstreamOf(version: string, colon: number, hyphen: number): string {
  return version.slice(colon + 1, hyphen > colon ? hyphen : version.length);
}

function revisionOf(version: string, colon: number, hyphen: number): string {
  return hyphen > colon ? version.slice(hyphen + 1) : '';
}

/** Runs of other characters and runs of digits by turns, each pair of them until one differs. */
function compareParts(left: string, right: string): Order {
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
