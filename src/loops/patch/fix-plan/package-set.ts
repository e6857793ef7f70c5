/**
 * Vulnerable packages as a set of bits, two for each package: the even one where a package manager
 * knows it, so that a descendant can upgrade it, the odd one for bare files, which it can't.
 */
export type PackageSet = bigint;

/** Of an image that was never built. */
export const ABSENT: PackageSet = -1n;

export const managedBit = (index: number): PackageSet => bitsOf(MANAGED, 1n, index);
export const bareBit = (index: number): PackageSet => bitsOf(BARE, 2n, index);
export const bothBits = (index: number): PackageSet => bitsOf(BOTH, 3n, index);

/** Shifting makes a new number each time, and a large organisation asks for the same ones very often. */
const [MANAGED, BARE, BOTH]: readonly [PackageSet[], PackageSet[], PackageSet[]] = [[], [], []];

function bitsOf(known: PackageSet[], first: PackageSet, index: number): PackageSet {
  return (known[index] ??= first << BigInt(2 * index));
}

/** How many packages, either way they came. */
export function countOf(set: PackageSet): number {
  let count = 0;
  for (let rest = set; rest > 0n; rest >>= 2n) if ((rest & 3n) !== 0n) count += 1;
  return count;
}

/** Indexes of the packages in a set. */
export function indexesOf(set: PackageSet): readonly number[] {
  const indexes: number[] = [];
  let index = 0;
  for (let rest = set; rest > 0n; rest >>= 2n, index++) if ((rest & 3n) !== 0n) indexes.push(index);
  return indexes;
}

/** Both bits of every package of which one is set. */
export function bothWays(set: PackageSet): PackageSet {
  let both = 0n;
  for (const index of indexesOf(set)) both |= bothBits(index);
  return both;
}
