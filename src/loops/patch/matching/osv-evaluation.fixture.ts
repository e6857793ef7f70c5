import type { AffectedPackage, AffectedRange, RangeEvent } from '#model';
import type { VersionOrder } from './version-intervals.ts';

/**
 * The OSV schema's pseudo-code (1.7, "Evaluation"), word for word: `IncludedInVersions`,
 * `IncludedInRanges` and `BeforeLimits`. The intervals are compared with it.
 */
export function isVulnerable(entry: AffectedPackage, version: string, order: VersionOrder): boolean {
  return entry.versions.includes(version) || entry.ranges.some((range) => isInRange(range, version, order));
}

function isInRange(range: AffectedRange, version: string, order: VersionOrder): boolean {
  if (!isBeforeLimits(range, version, order)) return false;
  let vulnerable = false;
  for (const event of sorted(range.events, order)) {
    const isReached = placeOf(event) < LATER || order(version, event.version) >= 0;
    if (event.kind === 'introduced' && isReached) vulnerable = true;
    else if (event.kind === 'fixed' && isReached) vulnerable = false;
    else if (event.kind === 'last-affected' && order(version, event.version) > 0) vulnerable = false;
  }
  return vulnerable;
}

function isBeforeLimits(range: AffectedRange, version: string, order: VersionOrder): boolean {
  const limits = range.events.filter((event) => event.kind === 'limit');
  return (
    limits.length === 0 ||
    limits.some((limit) => limit.version.includes('*') || order(version, limit.version) < 0)
  );
}

/** At one version, in the order that osv.dev sorts them in. */
const KINDS: readonly RangeEvent['kind'][] = ['introduced', 'last-affected', 'fixed', 'limit'];

function sorted(events: readonly RangeEvent[], order: VersionOrder): readonly RangeEvent[] {
  return events
    .filter((event) => event.kind !== 'limit')
    .toSorted(
      (left, right) =>
        placeOf(left) - placeOf(right) ||
        (placeOf(left) < LATER ? 0 : order(left.version, right.version)) ||
        KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind),
    );
}

const LATER = 2;

/** `0` is before all versions: where it is introduced, and where it is fixed then. */
function placeOf(event: RangeEvent): number {
  if (event.version !== '0') return LATER;
  if (event.kind === 'introduced') return 0;
  return event.kind === 'fixed' ? 1 : LATER;
}
