import { compareAlpine } from './alpine.ts';
import { compareDebian } from './debian.ts';
import type { Scheme } from './ecosystem.ts';
import { compareMaven } from './maven.ts';
import { compareNuGet } from './nuget.ts';
import { compareCran, compareHackage } from './number-list.ts';
import type { Compare, Order } from './order.ts';
import { withPlainNumbers } from './plain-numbers.ts';
import { comparePackagist } from './packagist.ts';
import { comparePub } from './pub.ts';
import { comparePython } from './python.ts';
import { compareRpm } from './rpm.ts';
import { compareRubyGems } from './rubygems.ts';
import { compareSemver } from './semver.ts';

/**
 * Whether the left version is before (-1) or after (1) the right one, or the same (0: `1.0` and `1.0.0`
 * in some schemes). Never throws: legacy and malformed forms have their places, too.
 */
export function compareVersions(scheme: Scheme, left: string, right: string): Order {
  return left === right ? 0 : ORDERS[scheme](left, right);
}

/** {@link compareVersions} of one scheme, to sort by. */
export function versionOrder(scheme: Scheme): Compare {
  return ORDERS[scheme];
}

/**
 * Whether the version stands in one row with all others of which this is true. Maven's order has rings
 * (`1.sp.1` < `1-alpha` < `1` < `1.sp.1`) beyond numbers with one qualifier at their end: what is not
 * ordered can't be found by halves, nor can anything in a list with it.
 */
export function isOrdered(scheme: Scheme, version: string): boolean {
  return scheme !== 'maven' || ORDERED_MAVEN.test(version);
}

const ORDERED_MAVEN = /^\d+(?:\.\d+)*(?:-?[a-z]+(?:-?[1-9]\d*)?|\.[a-z]+(?:[1-9]\d*)?)?$/i;

const ORDERS: Readonly<Record<Scheme, Compare>> = {
  debian: compareDebian,
  alpine: compareAlpine,
  rpm: compareRpm,
  semver: withPlainNumbers(compareSemver),
  pub: withPlainNumbers(comparePub),
  python: withPlainNumbers(comparePython),
  maven: withPlainNumbers(compareMaven),
  rubygems: withPlainNumbers(compareRubyGems),
  nuget: withPlainNumbers(compareNuGet),
  packagist: comparePackagist,
  hackage: compareHackage,
  cran: compareCran,
};
