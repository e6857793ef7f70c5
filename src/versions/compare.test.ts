import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryVersion } from './arbitrary-versions.fixture.ts';
import { compareVersions, isOrdered, versionOrder } from './compare.ts';
import { ecosystemNames, parseEcosystem } from './ecosystem.ts';
import type { Scheme } from './ecosystem.ts';

const schemes = [...new Set(ecosystemNames().map((name) => parseEcosystem(name)?.scheme))].filter(
  (scheme) => scheme !== undefined,
);

/** Any text, and what means something. */
function anything(scheme: Scheme): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: arbitraryVersion(scheme), weight: 4 },
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'019.-_+~^:!#aA \n'.split('')) }),
  );
}

describe('each order of versions', () => {
  it('is there', () => assert.equal(schemes.length, 12));

  for (const scheme of schemes) {
    describe(scheme, () => {
      it('has a place for any text, the same from both sides', () => {
        fc.assert(
          fc.property(anything(scheme), anything(scheme), (left, right) => {
            const order = compareVersions(scheme, left, right);
            assert.ok([-1, 0, 1].includes(order));
            assert.equal(compareVersions(scheme, right, left), order === 0 ? 0 : -order);
            assert.equal(versionOrder(scheme)(left, right), order);
            assert.equal(versionOrder(scheme)(left, left), 0);
          }),
          { numRuns: 400 },
        );
      });

      it('has a place for very long text', () => {
        for (const unit of ['1.', '1-', 'a1', '-', '.', '0', '_', ' ']) {
          const text = unit.repeat(50_000);
          assert.equal(versionOrder(scheme)(text, text), 0);
          const order = compareVersions(scheme, text, `${text}1`);
          assert.equal(compareVersions(scheme, `${text}1`, text), order === 0 ? 0 : -order);
        }
      });

      it('has no rings, and what is equal is equal beside all others', () => {
        const version = anything(scheme).filter((text) => isOrdered(scheme, text));
        fc.assert(
          fc.property(fc.array(version, { minLength: 3, maxLength: 8 }), (versions) => {
            const sorted = versions.toSorted(versionOrder(scheme));
            for (const [index, earlier] of sorted.entries()) {
              for (const later of sorted.slice(index + 1)) {
                assert.ok(compareVersions(scheme, earlier, later) <= 0, `${earlier} | ${later}`);
              }
            }
            for (const [left, middle, right] of triples(sorted)) {
              const isSame =
                compareVersions(scheme, left, middle) === 0 && compareVersions(scheme, middle, right) === 0;
              assert.equal(
                compareVersions(scheme, left, right) === 0,
                isSame,
                [left, middle, right].join(' | '),
              );
            }
          }),
          { numRuns: 150 },
        );
      });
    });
  }
});

/** Of neighbours in a list. */
function triples(list: readonly string[]): readonly (readonly [string, string, string])[] {
  return list.slice(2).map((right, index) => [list[index] ?? '', list[index + 1] ?? '', right] as const);
}
