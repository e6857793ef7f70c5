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

/** How many packages, either way they came. Thirty bits at a time, which small numbers hold. */
export function countOf(set: PackageSet): number {
  let count = 0;
  for (let rest = set; rest > 0n; rest >>= 30n) {
    const bits = Number(rest & 0x3fffffffn);
    for (let either = (bits | (bits >> 1)) & 0x15555555; either !== 0; either &= either - 1) count += 1;
  }
  return count;
}

/** Indexes of the packages in a set. */
export function indexesOf(set: PackageSet): readonly number[] {
  const indexes: number[] = [];
  let index = 0;
  for (let rest = set; rest > 0n; rest >>= 2n, index++) if ((rest & 3n) !== 0n) indexes.push(index);
  return indexes;
}

/** Both bits of every package of which one is set. `managed`: the even bits of all packages. */
export function bothWays(set: PackageSet, managed: PackageSet): PackageSet {
  const either = (set | (set >> 1n)) & managed;
  return either | (either << 1n);
}
