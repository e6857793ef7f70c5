import * as fc from 'fast-check';
import { choicesOf } from './brute-force.fixture.ts';
import type { FixBase, FixImage, FixProblem, Holding, HoldingOrigin, NewerBase } from './fix-problem.ts';
import { image } from './tables.fixture.ts';

/** So many combinations of choices the brute force goes through. */
const COMBINATIONS = 30_000;

/** Small problems with everything that a problem can have; `trees` have no copies and no newer bases. */
export function arbitraryProblem(shape: 'trees' | 'graphs'): fc.Arbitrary<FixProblem> {
  return fc
    .record({
      packages: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
      seeds: fc.array(arbitrarySeed, { minLength: 1, maxLength: 8 }),
    })
    .map(({ packages, seeds }) => problemOf(packages, seeds, shape))
    .filter(isSmall);
}

/**
 * A base that nobody can fix, bases that are not built yet, and images that can move to some of
 * these: which of them to build is a covering problem, the hardest part of planning.
 */
export const arbitraryCover: fc.Arbitrary<FixProblem> = fc
  .record({
    next: fc.array(fc.record({ team: fc.nat(2), holds: fc.nat(3) }), { minLength: 2, maxLength: 4 }),
    movers: fc.array(
      fc.record({ team: fc.nat(2), to: fc.array(fc.nat(3), { minLength: 1, maxLength: 2 }) }),
      {
        minLength: 2,
        maxLength: 4,
      },
    ),
  })
  .map(({ next, movers }) => coverOf(next, movers))
  .filter(isSmall);

interface Next {
  readonly team: number;
  readonly holds: number;
}

interface Mover {
  readonly team: number;
  readonly to: readonly number[];
}

function coverOf(next: readonly Next[], movers: readonly Mover[]): FixProblem {
  const purl = 'pkg:deb/debian/p@1';
  const bases = next.map(({ team, holds }, index) =>
    image(`next-${index}`, {
      team: `team-${team}`,
      built: false,
      required: false,
      holdings: holds === 0 ? [{ purl, layer: 0, origin: { kind: 'own' } }] : [],
    }),
  );
  const moving = movers.map(({ team, to }, index) =>
    image(`mover-${index}`, {
      team: `team-${team}`,
      upgrades: false,
      base: { kind: 'image', id: 'old', pinned: false },
      newerBases: [...new Set(to.map((value) => value % bases.length))].map((value) => ({
        id: `next-${value}`,
        sameReference: false,
      })),
      holdings: [{ purl, layer: 0, origin: { kind: 'base' } }],
    }),
  );
  const old = image('old', {
    buildSource: false,
    required: false,
    holdings: [{ purl, layer: 0, origin: { kind: 'own' } }],
  });
  return { packages: [{ purl, fixed: '2' }], images: [old, ...bases, ...moving] };
}

/** An image has a twin, which is like it in all but one thing: nothing of the one may serve for the other. */
export function arbitraryTwins(): fc.Arbitrary<FixProblem> {
  return fc
    .record({ task: arbitraryProblem('graphs'), which: fc.nat(7), kind: fc.nat(20), difference: fc.nat(99) })
    .map(({ task, which, kind, difference }): FixProblem => {
      const matters = task.images.filter(({ buildSource, holdings }) => buildSource && holdings.length > 0);
      const found = matters[which % Math.max(1, matters.length)];
      if (found === undefined) return task;
      const original = { ...found, required: true, built: true };
      const kinds = likeButOne(original, task).filter(({ length }) => length > 0);
      const differences = kinds[kind % kinds.length] ?? [];
      const twin = { ...original, ...differences[difference % differences.length], id: 'twin', name: 'twin' };
      return { ...task, images: [...task.images.map((each) => (each === found ? original : each)), twin] };
    })
    .filter(isSmall);
}

/** Each thing that builds of the image depend on, changed, by what it is about. */
function likeButOne(
  { id: own, upgrades, base, newerBases, copiesFrom, holdings }: FixImage,
  { images, packages }: FixProblem,
): readonly (readonly Partial<FixImage>[])[] {
  const ids = images.map(({ id }) => id);
  const others = ids.slice(0, ids.indexOf(own));
  const changed = <T>(list: readonly T[], changes: (each: T) => readonly T[]): readonly T[][] =>
    list.flatMap((each, at) => changes(each).map((other) => list.with(at, other)));
  // What is copied from an image names it: a problem has it in both places.
  const copied = holdings.flatMap(({ origin }) => (origin.kind === 'copied' ? (origin.from ?? []) : []));
  const copies = others.map((from): HoldingOrigin => ({ kind: 'copied', from }));
  return [
    [{ buildSource: false }, { built: false }, { upgrades: !upgrades }, { base: null }],
    base?.kind === 'image' ? [{ base: { ...base, pinned: !base.pinned } }] : [],
    base?.kind === 'image' ? others.map((id) => ({ base: { ...base, id } })) : [],
    changed(newerBases, (newer) => [{ ...newer, sameReference: !newer.sameReference }]).map((those) => ({
      newerBases: those,
    })),
    changed(newerBases, (newer) => others.map((id) => ({ ...newer, id }))).map((those) => ({
      newerBases: those,
    })),
    changed(copiesFrom, () => others).map((those) => ({ copiesFrom: [...new Set([...those, ...copied])] })),
    changed(holdings, (held) => packages.map(({ purl }) => ({ ...held, purl }))).map((those) => ({
      holdings: those,
    })),
    changed(holdings, (held) => ORIGINS.map((origin) => ({ ...held, origin }))).map((those) => ({
      holdings: those,
    })),
    changed(holdings, (held) => copies.map((origin) => ({ ...held, origin }))).map((those) => ({
      holdings: those,
      copiesFrom: others,
    })),
  ];
}

const ORIGINS: readonly HoldingOrigin[] = [
  { kind: 'own' },
  { kind: 'refetched' },
  { kind: 'downloaded' },
  { kind: 'base' },
  { kind: 'copied', from: null },
];

function isSmall({ images }: FixProblem): boolean {
  return images.reduce((all, each) => all * choicesOf(each).length, 1) <= COMBINATIONS;
}

interface Seed {
  readonly base: number;
  readonly pinned: boolean;
  readonly newer: readonly number[];
  readonly same: boolean;
  readonly copies: readonly number[];
  readonly team: number;
  readonly flags: number;
  readonly ways: readonly number[];
}

const arbitrarySeed: fc.Arbitrary<Seed> = fc.record({
  base: fc.nat(9),
  pinned: fc.nat(5).map((value) => value === 0),
  newer: fc.array(fc.nat(7), { maxLength: 2 }),
  same: fc.nat(4).map((value) => value === 0),
  copies: fc.array(fc.nat(7), { maxLength: 2 }),
  team: fc.nat(3),
  flags: fc.nat(255),
  ways: fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
});

function problemOf(
  packages: readonly number[],
  seeds: readonly Seed[],
  shape: 'trees' | 'graphs',
): FixProblem {
  const vulnerable = packages.map((value, index) => ({
    purl: `pkg:deb/debian/p${index}@1`,
    fixed: value === 0 ? null : '2',
  }));
  const images: FixImage[] = [];
  for (const [index, seed] of seeds.entries()) {
    images.push(imageOf(seed, { index, images, purls: vulnerable.map(({ purl }) => purl), shape }));
  }
  return { packages: vulnerable, images };
}

interface Context {
  readonly index: number;
  readonly images: readonly FixImage[];
  readonly purls: readonly string[];
  readonly shape: 'trees' | 'graphs';
}

function imageOf(seed: Seed, { index, images, purls, shape }: Context): FixImage {
  const before = (value: number): FixImage | undefined => images[value % Math.max(1, index)];
  const graph = shape === 'graphs';
  const baseImage = seed.base < 8 ? before(seed.base) : undefined;
  const base: FixBase | null =
    baseImage === undefined
      ? seed.base === 8
        ? { kind: 'foreign', name: 'debian:12' }
        : null
      : { kind: 'image', id: baseImage.id, pinned: seed.pinned };
  const others = (values: readonly number[]): readonly string[] =>
    graph ? [...new Set(values.flatMap((value) => before(value)?.id ?? []))] : [];
  const newerBases = others(seed.newer)
    .filter((id) => id !== baseImage?.id)
    .map((id): NewerBase => ({ id, sameReference: seed.same }));
  const copiesFrom = others(seed.copies);
  return {
    id: `i${index}`,
    name: `image-${(index * 5) % 8}`,
    team: seed.team === 0 ? null : `team-${seed.team}`,
    buildSource: (seed.flags & 3) !== 0,
    built: (seed.flags & 12) !== 0 || !graph,
    required: (seed.flags & 16) !== 0,
    instances: seed.flags & 3,
    upgrades: (seed.flags & 96) !== 0,
    base,
    newerBases,
    copiesFrom,
    holdings: purls.flatMap((purl, at) =>
      holdingsOf(purl, seed.ways[at] ?? 0, { base, baseImage, copiesFrom }),
    ),
  };
}

function holdingsOf(
  purl: string,
  way: number,
  from: {
    readonly base: FixBase | null;
    readonly baseImage: FixImage | undefined;
    readonly copiesFrom: readonly string[];
  },
): readonly Holding[] {
  const holding = (origin: HoldingOrigin): Holding => ({ purl, layer: way, origin });
  const inBase = from.baseImage?.holdings.some((held) => held.purl === purl) ?? from.base?.kind === 'foreign';
  const inherited = inBase && way !== 9 ? [holding({ kind: 'base' })] : [];
  const [copied] = from.copiesFrom;
  const brought: readonly (HoldingOrigin | null)[] = [
    { kind: 'own' },
    { kind: 'refetched' },
    { kind: 'downloaded' },
    { kind: 'copied', from: null },
    copied === undefined ? null : { kind: 'copied', from: copied },
  ];
  const origin = brought[way] ?? null;
  return origin === null ? inherited : [...inherited, holding(origin)];
}
