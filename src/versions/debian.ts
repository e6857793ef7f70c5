import { compareRuns } from './digit-runs.ts';
import { isDigits, orderOf, orderOfDigits } from './order.ts';
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
    compareRuns(upstreamOf(left, leftColon, leftHyphen), upstreamOf(right, rightColon, rightHyphen)) ||
    compareRuns(revisionOf(left, leftColon, leftHyphen), revisionOf(right, rightColon, rightHyphen))
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
