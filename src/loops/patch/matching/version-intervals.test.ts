import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { AffectedPackage, RangeEvent } from '#model';
import { compareVersions } from '#versions';
import { isVulnerable } from './osv-evaluation.fixture.ts';
import { formatInterval } from './explain-ranges.ts';
import { EntryRanges } from './entry-ranges.ts';
import { isAfter, isBefore, rangesOf, type VersionOrder } from './version-intervals.ts';
import { versionRow } from './version-row.ts';

const order: VersionOrder = (left, right) => compareVersions('semver', left, right);

/** `i` introduced, `f` fixed, `l` last affected, `x` limit. */
function events(text: string): readonly RangeEvent[] {
  const kinds = { i: 'introduced', f: 'fixed', l: 'last-affected', x: 'limit' } as const;
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({ kind: kinds[word.charAt(0) as keyof typeof kinds], version: word.slice(1) }));
}

function entry(...ranges: readonly string[]): AffectedPackage {
  return {
    ecosystem: 'npm',
    name: 'a',
    versions: [],
    ranges: ranges.map((range) => ({ type: 'SEMVER', events: events(range) })),
  };
}

describe('what ranges hold', () => {
  const rows: readonly (readonly [what: string, ranges: readonly string[], intervals: readonly string[]])[] =
    [
      ['from the beginning, without a fix', ['i0'], ['every version']],
      ['from the beginning up to a fix', ['i0 f1.2.0'], ['< 1.2.0']],
      ['from one version to another', ['i1.0.0 f1.2.0'], ['>= 1.0.0, < 1.2.0']],
      ['the last affected one is affected', ['i1.0.0 l1.2.0'], ['>= 1.0.0, <= 1.2.0']],
      [
        'introduced twice, fixed twice',
        ['i1.0.0 f1.2.0 i2.0.0 f2.1.0'],
        ['>= 1.0.0, < 1.2.0', '>= 2.0.0, < 2.1.0'],
      ],
      ['events in any order', ['f2.1.0 i2.0.0 f1.2.0 i1.0.0'], ['>= 1.0.0, < 1.2.0', '>= 2.0.0, < 2.1.0']],
      ['one version alone', ['i1.0.0 l1.0.0'], ['>= 1.0.0, <= 1.0.0']],
      ['two ranges that overlap are one', ['i1.0.0 f2.0.0', 'i1.5.0 f3.0.0'], ['>= 1.0.0, < 3.0.0']],
      ['two ranges that touch are one', ['i1.0.0 f2.0.0', 'i2.0.0 f3.0.0'], ['>= 1.0.0, < 3.0.0']],
      ['a gap of one version stays', ['i0 l2.0.0', 'i3.0.0'], ['<= 2.0.0', '>= 3.0.0']],
      ['a limit ends it', ['i1.0.0 x2.0.0'], ['>= 1.0.0, < 2.0.0']],
      ['the last of several limits counts', ['i1.0.0 x2.0.0 x3.0.0'], ['>= 1.0.0, < 3.0.0']],
      ['a limit of * is none', ['i1.0.0 x*'], ['>= 1.0.0']],
      ['a limit before everything leaves nothing', ['i1.0.0 x0.5.0'], []],
      ['a fix before what it fixes does nothing', ['i2.0.0 f1.0.0'], ['>= 2.0.0']],
      ['introduced and fixed at once affects nothing', ['i2.0.0 f2.0.0'], []],
      ['fixed from the very beginning affects nothing', ['i0 f0'], []],
      ['of two fixes the first counts', ['i1.0.0 f1.5.0 f2.0.0'], ['>= 1.0.0, < 1.5.0']],
      [
        'introduced again while it is affected changes nothing',
        ['i1.0.0 i1.5.0 f2.0.0'],
        ['>= 1.0.0, < 2.0.0'],
      ],
      ['without introduced nothing is affected', ['f2.0.0'], []],
      ['without events nothing is affected', [''], []],
    ];
  for (const [what, ranges, intervals] of rows) {
    it(what, () => {
      assert.deepEqual(rangesOf(entry(...ranges), order).map(formatInterval), intervals);
    });
  }
});

const version = fc
  .tuple(fc.nat(2), fc.nat(2), fc.constantFrom('', '-rc.1'))
  .map(([a, b, c]) => `${a}.${b}.0${c}`);
const event = fc.record({
  kind: fc.constantFrom<RangeEvent['kind']>('introduced', 'fixed', 'last-affected', 'limit'),
  version: fc.oneof({ weight: 5, arbitrary: version }, fc.constant('0')),
});
const affected = fc.record({
  ecosystem: fc.constant('npm'),
  name: fc.constant('a'),
  versions: fc.constant([] as readonly string[]),
  ranges: fc.array(
    fc.record({ type: fc.constant<'SEMVER'>('SEMVER'), events: fc.array(event, { maxLength: 6 }) }),
    { maxLength: 3 },
  ),
});

describe('intervals', () => {
  it("hold what the specification's pseudo-code holds", () => {
    fc.assert(
      fc.property(affected, version, (own, asked) => {
        const { holding } = new EntryRanges(own, versionRow('semver')).standing(asked);
        assert.equal(holding !== null, isVulnerable(own, asked, order));
      }),
      { numRuns: 5000 },
    );
  });

  it('tell where a version stands by halves as they do one by one, also in rings', () => {
    const ring = fc.constantFrom(
      '1.sp.1',
      '1-alpha',
      '1',
      '1-sp-1',
      '0.9',
      '1.ga',
      '1.0-1',
      '2',
      '1-alpha-1',
    );
    const ringEvents = fc.record({ kind: event.map(({ kind }) => kind), version: ring });
    const row = versionRow('maven');
    fc.assert(
      fc.property(fc.array(ringEvents, { maxLength: 6 }), ring, (all, asked) => {
        const own: AffectedPackage = { ...entry(''), ranges: [{ type: 'ECOSYSTEM', events: all }] };
        const intervals = rangesOf(own, row.order);
        const ranges = new EntryRanges(own, row);
        const standing = ranges.standing(asked);
        const holds = (each: (typeof intervals)[number]): boolean =>
          !isBefore(asked, each, row.order) && !isAfter(asked, each, row.order);
        assert.equal(standing.holding !== null, intervals.some(holds));
        const fixes = all.flatMap(({ kind, version: fix }) => (kind === 'fixed' ? [fix] : []));
        const later = fixes.filter((fix) => row.order(fix, asked) > 0);
        assert.equal(ranges.fixAfter(asked) !== null, later.length > 0);
        for (const each of intervals) {
          const isFix = !each.toInclusive && fixes.some((fix) => row.order(fix, each.to ?? '') === 0);
          assert.equal(ranges.isFixed(each), each.to !== null && isFix);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('are in order and apart', () => {
    fc.assert(
      fc.property(affected, (own) => {
        const intervals = rangesOf(own, order);
        for (const [index, next] of intervals.slice(1).entries()) {
          const last = intervals[index];
          assert.ok(last?.to != null && next.from !== null);
          assert.ok(
            isBefore(last.to, next, order) ||
              (isAfter(last.to, last, order) && order(last.to, next.from) < 0),
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
});
