import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AffectedPackage, RangeEvent } from '#model';
import { canonicalPackage } from './canonical-name.ts';
import { EntryRanges } from './entry-ranges.ts';
import { listedVersion } from './listed-version.ts';
import { matchAdvisory } from './match-advisory.ts';
import { recordOf } from './record-of.fixture.ts';
import { versionRow, type VersionRow } from './version-row.ts';

/** Introduced and fixed by turns, from the last to the first. */
function alternating(events: number): readonly RangeEvent[] {
  return Array.from({ length: events }, (_, index) => ({
    kind: index % 2 === 0 ? ('fixed' as const) : ('introduced' as const),
    version: `${events - index}.0`,
  }));
}

function entry(events: readonly RangeEvent[], versions: readonly string[] = []): AffectedPackage {
  return { ecosystem: 'PyPI', name: 'a', versions, ranges: [{ type: 'ECOSYSTEM', events }] };
}

/** The order of PyPI, and how often somebody asked for it. */
function counting(): { readonly row: VersionRow; count: number } {
  const { order, isInRow } = versionRow('python');
  const counted = {
    count: 0,
    row: {
      isInRow,
      order: (left: string, right: string) => {
        counted.count++;
        return order(left, right);
      },
    },
  };
  return counted;
}

describe('a record with very many events or versions', () => {
  it('is put in order once, and then each package costs some twenty comparisons', () => {
    const counted = counting();
    const ranges = new EntryRanges(entry(alternating(10_000)), counted.row);
    assert.equal(ranges.intervals.length, 5000);
    // Three sorts: of the events, of what they span, of the fixes.
    assert.ok(counted.count < 10_000 * 40, `${counted.count} comparisons`);
    counted.count = 0;
    for (let version = 0; version < 1000; version++) {
      const { holding } = ranges.standing(`${version * 10}.5`);
      ranges.fixAfter(`${version * 10}.5`);
      if (holding !== null) ranges.isFixed(holding);
    }
    assert.ok(counted.count < 1000 * 60, `${counted.count} comparisons`);
  });

  it('is read once, however many packages are held against it', () => {
    const readsFor = (packages: number): number => {
      let reads = 0;
      const events = alternating(1000);
      const own = {
        ...entry([]),
        ranges: [
          {
            type: 'ECOSYSTEM' as const,
            get events() {
              reads++;
              return events;
            },
          },
        ],
      };
      for (let version = 0; version < packages; version++) {
        const found = canonicalPackage({
          purl: '',
          ecosystem: 'PyPI',
          name: 'A',
          version: `${version}.5`,
          source: null,
          layer: null,
          path: null,
          readBy: 'python',
        });
        // As a question does it, with a record of one entry for each package.
        const { affected } = matchAdvisory(recordOf([own]), found);
        assert.equal(affected, version % 2 === 1);
      }
      return reads;
    };
    assert.equal(readsFor(200), readsFor(2));
  });

  it('with a long list of versions finds another spelling without a look at each', () => {
    const listed = Array.from({ length: 50_000 }, (_, index) => `${index}.0+x`);
    listed.push(...Array.from({ length: 50_000 }, (_, index) => `${50_000 - index}.1.0`));
    const own = entry([], listed);
    const counted = counting();
    const find = (version: string): string | null =>
      listedVersion(own, 'PyPI', version, { scheme: 'python', row: counted.row });
    assert.equal(find('7.1'), '7.1.0');
    assert.ok(counted.count < 50_000 * 20, `${counted.count} comparisons`);
    counted.count = 0;
    for (let version = 1; version <= 1000; version++) {
      assert.equal(find(`${version}.1`), `${version}.1.0`);
      assert.equal(find(`${version}.1.0`), `${version}.1.0`);
      assert.equal(find(`${version}.0`), null);
      assert.equal(find(`${version}.0+x`), `${version}.0+x`);
    }
    assert.ok(counted.count < 1000 * 60, `${counted.count} comparisons`);
  });

  it('finds what Maven puts into rings in a long list, too', () => {
    const own = entry([], [...Array.from({ length: 2000 }, (_, index) => `${index}`), '1.sp.1', '9-x.1']);
    const row = versionRow('maven');
    const find = (version: string): string | null =>
      listedVersion(own, 'Maven', version, { scheme: 'maven', row });
    assert.deepEqual(['1.SP.1', '9-X.1', '9.0', '9-y.1'].map(find), ['1.sp.1', '9-x.1', '9', null]);
  });
});
