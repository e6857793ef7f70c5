import type { AffectedPackage, VersionInterval } from '#model';
import { isAfter, isBefore, rangesOf } from './version-intervals.ts';
import { firstIndex, type VersionRow } from './version-row.ts';

/** Where a version stands beside the intervals of an entry. */
export interface Standing {
  readonly holding: VersionInterval | null;
  /** The last one that it is after, and the first that it is before. */
  readonly last: VersionInterval | null;
  readonly next: VersionInterval | null;
}

/**
 * What the ranges of an entry say, put in order once: a record may have ten thousand events, and is
 * asked about for every package of its name.
 */
export class EntryRanges {
  readonly intervals: readonly VersionInterval[];
  readonly #fixes: readonly string[];
  readonly #row: VersionRow;
  readonly #isInRow: boolean;

  constructor(entry: AffectedPackage, row: VersionRow) {
    this.#row = row;
    this.intervals = rangesOf(entry, row.order);
    this.#fixes = fixesOf(entry).toSorted(row.order);
    const ends = this.intervals.flatMap(({ from, to }) => [from, to]).filter((end) => end !== null);
    this.#isInRow = [...ends, ...this.#fixes].every(row.isInRow);
  }

  standing(version: string): Standing {
    const { order } = this.#row;
    if (!this.#areAllInRow(version)) {
      const isHolding = (each: VersionInterval): boolean =>
        !isBefore(version, each, order) && !isAfter(version, each, order);
      return {
        holding: this.intervals.find(isHolding) ?? null,
        last: this.intervals.findLast((each) => isAfter(version, each, order)) ?? null,
        next: this.intervals.find((each) => isBefore(version, each, order)) ?? null,
      };
    }
    const at = firstIndex(this.intervals, (each) => !isAfter(version, each, order));
    const found = this.intervals[at] ?? null;
    const isHeld = found !== null && !isBefore(version, found, order);
    const last = this.intervals[at - 1] ?? null;
    return isHeld ? { holding: found, last, next: null } : { holding: null, last, next: found };
  }

  /** Whether it ends where a fix is named. */
  isFixed({ to, toInclusive }: VersionInterval): boolean {
    if (to === null || toInclusive) return false;
    const { order } = this.#row;
    if (!this.#isInRow) return this.#fixes.some((fix) => order(fix, to) === 0);
    const fix = this.#fixes[firstIndex(this.#fixes, (each) => order(each, to) >= 0)];
    return fix !== undefined && order(fix, to) === 0;
  }

  /** The first one that is named after the version; null: none is. */
  fixAfter(version: string): string | null {
    const isLater = (fix: string): boolean => this.#row.order(fix, version) > 0;
    if (!this.#areAllInRow(version)) return this.#fixes.find(isLater) ?? null;
    return this.#fixes[firstIndex(this.#fixes, isLater)] ?? null;
  }

  #areAllInRow(version: string): boolean {
    return this.#isInRow && this.#row.isInRow(version);
  }
}

const KNOWN = new WeakMap<AffectedPackage, Map<VersionRow, EntryRanges>>();

/** The same object for the same entry, as long as that is in use. */
export function entryRanges(entry: AffectedPackage, row: VersionRow): EntryRanges {
  const known = KNOWN.get(entry) ?? new Map<VersionRow, EntryRanges>();
  KNOWN.set(entry, known);
  const ranges = known.get(row) ?? new EntryRanges(entry, row);
  known.set(row, ranges);
  return ranges;
}

function fixesOf(entry: AffectedPackage): readonly string[] {
  return entry.ranges.flatMap((range) =>
    range.events.flatMap((each) => (each.kind === 'fixed' ? [each.version] : [])),
  );
}
