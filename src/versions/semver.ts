import { isDigits, orderOf, orderOfDigits, orderOfLists, orderOfNumbers } from './order.ts';
import type { Order } from './order.ts';

/**
 * Semantic Versioning 2.0.0, section 11. Loose forms have their usual places: `v1.2` is 1.2.0,
 * `1.2.3beta` is 1.2.3-beta, a fourth number counts after the third, leading zeros don't. What begins
 * with no number is before every version.
 */
export function compareSemver(left: string, right: string): Order {
  const [leftParts, rightParts] = [parseSemver(left), parseSemver(right)];
  if (leftParts === null || rightParts === null) return orderOfMalformed(left, right);
  return orderOfNumbers(leftParts.numbers, rightParts.numbers) || orderOfPreReleases(leftParts, rightParts);
}

export interface SemverParts {
  readonly numbers: readonly string[];
  /** Null: it is a release. */
  readonly preRelease: readonly string[] | null;
  readonly build: readonly string[] | null;
}

/** Dots too many don't count, nor does a plus that nothing follows. */
const SEMVER = /^[vV=]*\.*(\d+(?:\.+\d+)*)\.*(?:-?([^+]+))?(?:\+(.+)?)?$/s;

/** Null: it begins with no number. */
export function parseSemver(version: string): SemverParts | null {
  const match = SEMVER.exec(version);
  if (match === null) return null;
  const [, numbers = '', preRelease, build] = match;
  return {
    numbers: numbers.split(/\.+/),
    preRelease: preRelease?.split('.') ?? null,
    build: build === undefined ? null : build.split('.'),
  };
}

/** Malformed ones are before all others, among themselves by their characters. */
export function orderOfMalformed(left: string, right: string): Order {
  const [leftIsFormed, rightIsFormed] = [SEMVER.test(left), SEMVER.test(right)];
  return leftIsFormed === rightIsFormed ? orderOf(left, right) : leftIsFormed ? 1 : -1;
}

/** A release is after all of its pre-releases. */
export function orderOfPreReleases(left: SemverParts, right: SemverParts): Order {
  if (left.preRelease === null || right.preRelease === null) {
    return orderOf(Number(left.preRelease === null), Number(right.preRelease === null));
  }
  return orderOfLists(left.preRelease, right.preRelease, orderOfIdentifiers);
}

/** Numbers are before words; words go by the codes of their characters. */
export function orderOfIdentifiers(left: string, right: string): Order {
  const [leftIsNumber, rightIsNumber] = [isDigits(left), isDigits(right)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;
  // Empty words were allowed once; node-semver reads `1.0.0--.1` and `1.0.0-.1` alike.
  return leftIsNumber ? orderOfDigits(left, right) : orderOf(left || '-', right || '-');
}
