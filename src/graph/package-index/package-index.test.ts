import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import type { Package, VersionInterval } from '#model';
import { compareVersions, parseEcosystem } from '#versions';
import { PackageIndex, type PackageQuestion } from './package-index.ts';

const ECOSYSTEMS = ['Debian:11', 'Debian:12', 'npm', 'PyPI', 'Nowhere'];
const NAMES = ['openssl', 'libssl3', 'zlib'];
const VERSIONS = [
  '0',
  '1.0',
  '1.0.0',
  '1.0-1',
  '1:0.1',
  '1.0~rc1',
  '1.0rc1',
  '2.0.0-beta',
  '2.0.0',
  '2.0.0+b1',
  '10',
  '',
];

const version = fc.constantFrom(...VERSIONS);

const packages: fc.Arbitrary<Package> = fc.record({
  purl: fc.constantFrom('pkg:a/b', 'pkg:a/c'),
  ecosystem: fc.option(fc.constantFrom(...ECOSYSTEMS), { nil: null }),
  name: fc.constantFrom(...NAMES),
  version,
  source: fc.option(fc.record({ name: fc.constantFrom(...NAMES), version }), { nil: null }),
  layer: fc.option(fc.nat(3), { nil: null }),
  path: fc.option(fc.constantFrom('/var/lib/dpkg/status', '/app/package.json'), { nil: null }),
  readBy: fc.constantFrom('dpkg', 'npm'),
});

const interval: fc.Arbitrary<VersionInterval> = fc.record({
  from: fc.option(version, { nil: null }),
  fromInclusive: fc.boolean(),
  to: fc.option(version, { nil: null }),
  toInclusive: fc.boolean(),
});

const question: fc.Arbitrary<PackageQuestion> = fc.record({
  ecosystem: fc.constantFrom(...ECOSYSTEMS, 'Debian'),
  name: fc.constantFrom(...NAMES),
  intervals: fc.array(interval, { maxLength: 2 }),
  enumerated: fc.array(version, { maxLength: 2 }),
});

type Step =
  | {
      readonly kind: 'set';
      readonly list: number;
      readonly image: number;
      readonly packages: readonly Package[];
    }
  | { readonly kind: 'remove'; readonly list: number }
  /** `packages` come after the snapshot. */
  | { readonly kind: 'restart'; readonly packages: readonly Package[] }
  | { readonly kind: 'ask'; readonly question: PackageQuestion };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    list: fc.nat(5),
    image: fc.nat(3),
    packages: fc.array(packages, { maxLength: 6 }),
  }),
  fc.record({ kind: fc.constant('remove' as const), list: fc.nat(5) }),
  fc.record({ kind: fc.constant('restart' as const), packages: fc.array(packages, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('ask' as const), question }),
);

/** Every list, every package, every interval: nothing is sorted, shared or remembered. */
function isAsked({ ecosystem, source, ...own }: Package, asked: PackageQuestion): boolean {
  if (ecosystem === null) return false;
  if (ecosystem !== asked.ecosystem && ecosystem.split(':')[0] !== asked.ecosystem) return false;
  return [own, source].some((said) => said?.name === asked.name && isIn(said.version, ecosystem, asked));
}

function isIn(text: string, ecosystem: string, { intervals, enumerated }: PackageQuestion): boolean {
  const scheme = parseEcosystem(ecosystem)?.scheme;
  if (scheme === undefined)
    return enumerated.includes(text) || intervals.some(({ from, to }) => from === null && to === null);
  const isAfter = (from: string | null, inclusive: boolean): boolean =>
    from === null || compareVersions(scheme, text, from) >= (inclusive ? 0 : 1);
  const isBefore = (to: string | null, inclusive: boolean): boolean =>
    to === null || compareVersions(scheme, text, to) <= (inclusive ? 0 : -1);
  return (
    enumerated.some((one) => compareVersions(scheme, text, one) === 0) ||
    intervals.some((one) => isAfter(one.from, one.fromInclusive) && isBefore(one.to, one.toInclusive))
  );
}

interface Known {
  readonly image: string;
  readonly packages: readonly Package[];
}

function assertSame(index: PackageIndex, lists: ReadonlyMap<string, Known>, asked: PackageQuestion): void {
  const matching = [...lists].filter(([, list]) => list.packages.some((entry) => isAsked(entry, asked)));
  const holding = index.imagesHolding(asked);
  assert.deepEqual(
    holding.images.toSorted(),
    [...new Set(matching.map(([, { image }]) => image))].toSorted(),
  );
  assert.deepEqual(
    distinct(
      Array.from(holding.entries(), ({ image, list, package: entry, layer }) => ({
        image,
        list,
        ...entry,
        layer,
      })),
    ),
    distinct(
      [...lists].flatMap(([list, { image, packages: held }]) =>
        held.filter((entry) => isAsked(entry, asked)).map((entry) => ({ image, list, ...entry })),
      ),
    ),
  );
  assert.deepEqual(
    distinct(entriesOfRuns(index, asked)),
    distinct(
      Array.from(holding.entries(), ({ image, package: entry, layer }) => ({ image, ...entry, layer })),
    ),
  );
}

/** By runs the same comes out. */
function entriesOfRuns(index: PackageIndex, asked: PackageQuestion): readonly object[] {
  return index
    .imagesHolding(asked)
    .runs()
    .flatMap(({ layer, packages: held, images }) =>
      images.flatMap((image) => held.map((entry) => ({ image, ...entry, layer }))),
    );
}

/** From a snapshot that is written only after more has happened, which is not in it. */
function restarted(index: PackageIndex, later: readonly Package[]): PackageIndex {
  const parts = index.parts();
  for (const list of ['list-0', 'list-1', 'list-9']) index.setList(list, 'image-9', later);
  index.removeList('list-2');
  return PackageIndex.fromParts(parts.map((part) => part.slice()));
}

function distinct(values: readonly object[]): readonly string[] {
  const text = (value: object): string =>
    JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return [...new Set(values.map(text))].toSorted();
}

const debian = (name: string, of: string, source: Package['source'] = null, layer = 0): Package => ({
  purl: `pkg:deb/debian/${name}@${of}?arch=amd64&distro=debian-12`,
  ecosystem: 'Debian:12',
  name,
  version: of,
  source,
  layer,
  path: '/var/lib/dpkg/status',
  readBy: 'dpkg',
});

const before = (to: string): VersionInterval => ({ from: null, fromInclusive: true, to, toInclusive: false });

describe('the package index', () => {
  it('answers as a scan of all lists does, whatever came and went, and after a restart', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let index = new PackageIndex();
        const lists = new Map<string, Known>();
        for (const taken of steps) {
          if (taken.kind === 'ask') {
            assertSame(index, lists, taken.question);
            continue;
          }
          if (taken.kind === 'restart') {
            index = restarted(index, taken.packages);
            continue;
          }
          const list = `list-${taken.list}`;
          if (taken.kind === 'remove') {
            index.removeList(list);
            lists.delete(list);
            continue;
          }
          index.setList(list, `image-${taken.image}`, taken.packages);
          lists.set(list, { image: `image-${taken.image}`, packages: taken.packages });
        }
        for (const [list, { packages: held }] of lists)
          assert.deepEqual(distinct(index.packagesOf(list)), distinct(held));
        assert.equal(index.memory().lists, lists.size);
      }),
      { numRuns: 500 },
    );
  });

  it('tells whose name matched, in which layer', () => {
    const index = new PackageIndex();
    const source = { name: 'openssl', version: '3.0.15-1' };
    index.setList('a/read', 'a', [debian('libssl3', '3.0.15-1', source, 2), debian('zlib1g', '1:1.2')]);
    const asked = {
      ecosystem: 'Debian:12',
      name: 'openssl',
      intervals: [before('3.0.16-1')],
      enumerated: [],
    };
    const [held, ...others] = index.imagesHolding(asked).entries();
    assert.deepEqual(
      { image: held?.image, list: held?.list, layer: held?.layer, by: held?.by, name: held?.package.name },
      { image: 'a', list: 'a/read', layer: 2, by: 'source', name: 'libssl3' },
    );
    assert.deepEqual(others, []);
  });

  it('a release never answers for another one', () => {
    const index = new PackageIndex();
    index.setList('a/read', 'a', [debian('openssl', '3.0.15-1')]);
    const asked = { name: 'openssl', intervals: [before('9')], enumerated: [] };
    assert.deepEqual(index.imagesHolding({ ecosystem: 'Debian:11', ...asked }).images, []);
    assert.deepEqual(index.imagesHolding({ ecosystem: 'Debian', ...asked }).images, ['a']);
    assert.deepEqual(index.imagesHolding({ ecosystem: 'Debian:12', ...asked }).images, ['a']);
  });

  it('holds what a base brought in once for all images above it', () => {
    const index = new PackageIndex();
    const base = Array.from({ length: 100 }, (_, at) => debian(`lib${at}`, '1'));
    for (let image = 0; image < 50; image++)
      index.setList(`${image}/read`, `${image}`, [...base, debian(`app${image}`, '1', null, 1)]);
    assert.deepEqual(
      { ...index.memory(), bytes: 0 },
      { lists: 50, packages: 150, runs: 51, postings: 150, bytes: 0 },
    );
  });

  it('keeps what a snapshot held when much comes after it', () => {
    const many = (from: number, until: number): readonly Package[] =>
      Array.from({ length: until - from }, (_, at) => debian(`lib${at + from}`, '1'));
    const before9 = { ecosystem: 'Debian:12', intervals: [before('9')], enumerated: [] };
    const first = new PackageIndex();
    first.setList('a/read', 'a', many(0, 2000));
    const index = PackageIndex.fromParts(first.parts());
    // Of packages that the snapshot has, and more postings than are left in chains.
    for (let round = 0; round < 150; round++) index.setList(`${round}/read`, 'b', many(round, round + 500));
    assert.deepEqual(index.imagesHolding({ ...before9, name: 'lib1999' }).images, ['a']);
    assert.deepEqual(index.imagesHolding({ ...before9, name: 'lib500' }).images.toSorted(), ['a', 'b']);
    assert.throws(() => PackageIndex.fromParts(first.parts().slice(0, -1)), RangeError);
  });

  it('forgets the runs that no list uses once they are most of it', () => {
    const index = new PackageIndex();
    const many = (from: number): readonly Package[] =>
      Array.from({ length: 1100 }, (_, at) => debian(`lib${(at + from) % 5000}`, '1'));
    for (let round = 0; round < 1500; round++) index.setList('a/read', 'a', many(round));
    assert.ok(index.memory().postings < 1_200_000, `${index.memory().postings}`);
    assert.equal(index.packagesOf('a/read').length, 1100);
    const asked = { ecosystem: 'Debian:12', intervals: [before('2')], enumerated: [] };
    assert.deepEqual(index.imagesHolding({ ...asked, name: 'lib1600' }).images, ['a']);
    assert.deepEqual(index.imagesHolding({ ...asked, name: 'lib2' }).images, []);
  });
});
