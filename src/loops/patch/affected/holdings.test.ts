import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { PackageIndex } from '#graph';
import type { AffectedPackage, Package, RangeEvent } from '#model';
import { canonicalPackage } from '../matching/canonical-name.ts';
import { recordOf } from '../matching/record-of.fixture.ts';
import { matchAdvisory } from '../matching/match-advisory.ts';
import { affectedBy } from './holdings.ts';

/** How records and lists spell them; several are the same release. */
const ECOSYSTEMS = [
  ['Debian', 'Debian:11', 'Debian:12'],
  ['Ubuntu:22.04', 'Ubuntu:22.04:LTS', 'Ubuntu:Pro:22.04:LTS', 'Ubuntu'],
  ['Alpine:v3.19', 'Alpine:3.19', 'Alpine:v3.20', 'Alpine'],
  ['Red Hat:enterprise_linux:9', 'Red Hat:enterprise_linux:9::baseos', 'Red Hat:rhel_eus:9.2'],
  ['AlmaLinux:9', 'AlmaLinux'],
  ['Rocky Linux:9', 'Rocky Linux:8'],
  ['Wolfi', 'Chainguard'],
  ['PyPI', 'npm'],
  ['NuGet', 'Packagist'],
  ['Go'],
  ['Maven', 'Maven:https://repo.example.org'],
  ['Nowhere', 'Nowhere:1', 'Nowhere:2'],
] as const;

const NAMES = ['openssl', 'OpenSSL', 'open_ssl', 'libssl3', 'stdlib', 'go'];

const VERSIONS = [
  ['1.0', '1.0.0', '1', '1.0-1', '1.0-r1', '1:0.1', '1.0~rc1', '1.0rc1', '1.0-1+b1', '0', '2'],
  ['1.sp.1', '1-alpha', '1', '1.0.0-alpha', '1-sp-1', '1.0.0+a', '1.0.0+b', '1.ga', 'x'],
  ['go1.22.1', '1.22.1', 'v1.22.1', '1.22.0', 'go1.22', '1.22'],
];

const version = fc.constantFrom(...VERSIONS.flat());
const name = fc.constantFrom(...NAMES);

const event: fc.Arbitrary<RangeEvent> = fc.record({
  kind: fc.constantFrom('introduced', 'introduced', 'fixed', 'last-affected', 'limit'),
  version: fc.oneof(fc.constant('0'), version),
});

function entryOf(ecosystems: readonly string[]): fc.Arbitrary<AffectedPackage> {
  return fc.record({
    ecosystem: fc.constantFrom(...ecosystems),
    name,
    ranges: fc.array(
      fc.record({
        type: fc.constantFrom('SEMVER', 'ECOSYSTEM'),
        events: fc.array(event, { maxLength: 4 }),
      }),
      { maxLength: 2 },
    ),
    versions: fc.array(version, { maxLength: 3 }),
  });
}

function packageOf(ecosystems: readonly string[]): fc.Arbitrary<Package> {
  return fc.record({
    purl: fc.nat(1_000_000).map((number) => `pkg:generic/${number}`),
    ecosystem: fc.option(fc.constantFrom(...ecosystems), { nil: null, freq: 20 }),
    name,
    version,
    source: fc.option(fc.record({ name, version }), { nil: null }),
    layer: fc.constantFrom(0, 1, null),
    path: fc.constant(null),
    readBy: fc.constant('dpkg'),
  });
}

const world = fc.constantFrom(...ECOSYSTEMS).chain((ecosystems) =>
  fc.record({
    affected: fc.array(entryOf(ecosystems), { minLength: 1, maxLength: 3 }),
    images: fc.array(fc.array(packageOf(ecosystems), { maxLength: 8 }), { maxLength: 4 }),
  }),
);

describe('who holds what a record affects', () => {
  it('is what the match says of each package by itself, none more and none less', () => {
    fc.assert(
      fc.property(world, ({ affected, images }) => {
        const record = recordOf(affected);
        const index = new PackageIndex();
        const ecosystems = new Set(images.flat().flatMap((own) => own.ecosystem ?? []));
        for (const [image, packages] of images.entries())
          index.setList(`${image}/read`, `${image}`, packages.map(canonicalPackage));
        const found = affectedBy([record], { index, ecosystems });
        const expected = images.map((packages) =>
          packages.filter((own) => matchAdvisory(record, own).affected),
        );
        const purls = (packages: Iterable<{ readonly purl: string }>): readonly string[] =>
          [...new Set(Array.from(packages, ({ purl }) => purl))].toSorted();
        assert.deepEqual(
          [...found.images].toSorted(),
          expected.flatMap((packages, image) => (packages.length > 0 ? [`${image}`] : [])),
        );
        assert.deepEqual(
          purls([...found.packages.values()].map((matched) => matched.package)),
          purls(expected.flat()),
        );
        assert.deepEqual(purls(found.runs().flatMap((run) => run.packages)), purls(expected.flat()));
      }),
      { numRuns: 3000 },
    );
  });
});
