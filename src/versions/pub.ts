import { orderOf, orderOfLists, orderOfNumbers } from './order.ts';
import type { Order } from './order.ts';
import { orderOfIdentifiers, orderOfMalformed, orderOfPreReleases, parseSemver } from './semver.ts';

/**
 * Dart's order, which is that of Semantic Versioning 2.0.0-rc.1: as {@link compareSemver}, and then by
 * build: `1.0.0-a` < `1.0.0-a+1` < `1.0.0` < `1.0.0+1` < `1.0.0+2`.
 */
export function comparePub(left: string, right: string): Order {
  const [leftParts, rightParts] = [parseSemver(left), parseSemver(right)];
  if (leftParts === null || rightParts === null) return orderOfMalformed(left, right);
  return (
    orderOfNumbers(leftParts.numbers, rightParts.numbers) ||
    orderOfPreReleases(leftParts, rightParts) ||
    orderOfBuilds(leftParts.build, rightParts.build)
  );
}

/** No build is before every build. */
function orderOfBuilds(left: readonly string[] | null, right: readonly string[] | null): Order {
  if (left === null || right === null) return orderOf(Number(left !== null), Number(right !== null));
  return orderOfLists(left, right, orderOfIdentifiers);
}
