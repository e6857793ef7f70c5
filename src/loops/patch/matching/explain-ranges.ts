import type { AffectedPackage, VersionInterval } from '#model';
import { entryRanges } from './entry-ranges.ts';
import type { VersionRow } from './version-row.ts';

export interface RangeExplanation {
  readonly result: 'holds' | 'before' | 'after' | 'not-listed';
  /** The interval that holds the version, or the nearest one; null: there is none. */
  readonly range: string | null;
  /** To be read after the version: `is before 1.2.5, where it is fixed`. */
  readonly because: string;
  /** The first version after it that is not affected, where a fix is named. */
  readonly fixed: string | null;
}

/** Where a version stands beside what the ranges of an entry hold. */
export function explainRanges(entry: AffectedPackage, version: string, row: VersionRow): RangeExplanation {
  const ranges = entryRanges(entry, row);
  const { holding, last, next } = ranges.standing(version);
  if (holding !== null) {
    const fixed = ranges.isFixed(holding) ? holding.to : null;
    return {
      result: 'holds',
      range: formatInterval(holding),
      because: holds(holding, fixed !== null),
      fixed,
    };
  }
  const fixed = ranges.fixAfter(version);
  if (last !== null) {
    const because = `${after(last, ranges.isFixed(last))}${next === null ? '' : `, and ${before(next)}`}`;
    return { result: 'after', range: formatInterval(last), because, fixed };
  }
  if (next !== null) return { result: 'before', range: formatInterval(next), because: before(next), fixed };
  return { result: 'not-listed', range: null, because: 'is in no range', fixed };
}

/** `< 1.2.5`, `>= 1.0, <= 1.4`, `every version` */
export function formatInterval({ from, fromInclusive, to, toInclusive }: VersionInterval): string {
  const parts = [
    from === null ? null : `${fromInclusive ? '>=' : '>'} ${from}`,
    to === null ? null : `${toInclusive ? '<=' : '<'} ${to}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'every version' : parts.join(', ');
}

function holds(interval: VersionInterval, isFix: boolean): string {
  const start = `is not before ${interval.from}, where it was introduced`;
  if (interval.to === null)
    return interval.from === null ? 'is affected, as every version is' : `${start}, and no fix is named`;
  const end = interval.toInclusive
    ? `is not after ${interval.to}, the last one that is affected`
    : `is before ${interval.to}, ${isFix ? 'where it is fixed' : 'the limit of what is spoken of'}`;
  return interval.from === null ? end : `${start}, and ${end}`;
}

function after(interval: VersionInterval, isFix: boolean): string {
  if (interval.toInclusive) return `is after ${interval.to}, the last one that is affected`;
  return `is not before ${interval.to}, ${isFix ? 'where it is fixed' : 'the limit of what is spoken of'}`;
}

function before(interval: VersionInterval): string {
  return `is before ${interval.from}, where it was introduced`;
}
