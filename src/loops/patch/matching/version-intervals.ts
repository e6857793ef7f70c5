import type { AffectedPackage, AffectedRange, RangeEvent, VersionInterval } from '#model';

export const EVERYTHING: VersionInterval = {
  from: null,
  fromInclusive: true,
  to: null,
  toInclusive: true,
};

/** The order of the versions of one ecosystem. */
export type VersionOrder = (left: string, right: string) => number;

/**
 * All that the ranges of an advisory's entry say to be affected: in order, disjoint, none empty, and with
 * a gap between each two. The meaning of a range is the OSV schema's
 * evaluation algorithm: its events sorted by version, then walked. So for events that contradict each
 * other as well: one that fixes before any is introduced does nothing, one that is introduced or fixed
 * twice is so from its first time, and without `introduced` nothing is affected. Of events at one
 * version `introduced` goes first, and `fixed` outdoes `last_affected`: what is introduced and fixed in
 * the same version affects nothing.
 */
export function rangesOf(entry: AffectedPackage, order: VersionOrder): readonly VersionInterval[] {
  const spans = entry.ranges.flatMap((range) => spansOf(range, order));
  return union(spans, order).map(intervalOf);
}

export function isBefore(
  version: string,
  { from, fromInclusive }: VersionInterval,
  order: VersionOrder,
): boolean {
  if (from === null) return false;
  const place = order(version, from);
  return fromInclusive ? place < 0 : place <= 0;
}

export function isAfter(version: string, { to, toInclusive }: VersionInterval, order: VersionOrder): boolean {
  if (to === null) return false;
  const place = order(version, to);
  return toInclusive ? place > 0 : place >= 0;
}

/** A place between versions: just before one, or just after it. */
interface Cut {
  readonly version: string;
  readonly after: boolean;
}

/** Null: before the first version, after the last one. */
interface Span {
  readonly start: Cut | null;
  readonly end: Cut | null;
}

const EVENT_ORDER: Readonly<Record<RangeEvent['kind'], number>> = {
  introduced: 0,
  fixed: 1,
  'last-affected': 2,
  limit: 3,
};

function spansOf(range: AffectedRange, order: VersionOrder): readonly Span[] {
  const limit = limitOf(range.events, order);
  const spans: Span[] = [];
  let start: Cut | null | undefined = range.events.some(isFromTheBeginning) ? null : undefined;
  for (const event of inOrder(range.events, order)) {
    if (event.kind === 'introduced') {
      if (start === undefined) start = { version: event.version, after: false };
      continue;
    }
    if (start === undefined) continue;
    const end = { version: event.version, after: event.kind === 'last-affected' };
    if (!isFixedFromTheBeginning(event)) spans.push({ start, end });
    start = undefined;
  }
  if (start !== undefined) spans.push({ start, end: null });
  return spans.map((span) => endedBy(limit, span, order)).filter((span) => !isEmpty(span, order));
}

function isFromTheBeginning(event: RangeEvent): boolean {
  return event.kind === 'introduced' && event.version === '0';
}

/** `fixed: 0` is how some say that nothing was ever affected: before every version, as `introduced: 0`. */
function isFixedFromTheBeginning(event: RangeEvent): boolean {
  return event.kind === 'fixed' && event.version === '0';
}

function inOrder(events: readonly RangeEvent[], order: VersionOrder): readonly RangeEvent[] {
  const isFirst = isFixedFromTheBeginning;
  return events
    .filter((event) => event.kind !== 'limit' && !isFromTheBeginning(event))
    .toSorted((left, right) => {
      if (isFirst(left) || isFirst(right)) return Number(isFirst(right)) - Number(isFirst(left));
      return order(left.version, right.version) || EVENT_ORDER[left.kind] - EVENT_ORDER[right.kind];
    });
}

/** Versions have to be before one of the limits, so before the last of them. Null: there is none. */
function limitOf(events: readonly RangeEvent[], order: VersionOrder): Cut | null {
  const limits = events.filter((event) => event.kind === 'limit').map((event) => event.version);
  if (limits.length === 0 || limits.some((limit) => limit.includes('*'))) return null;
  return { version: limits.reduce((last, each) => (order(each, last) > 0 ? each : last)), after: false };
}

function endedBy(limit: Cut | null, span: Span, order: VersionOrder): Span {
  if (limit === null || (span.end !== null && orderOfCuts(span.end, limit, order) <= 0)) return span;
  return { start: span.start, end: limit };
}

function isEmpty({ start, end }: Span, order: VersionOrder): boolean {
  return start !== null && end !== null && orderOfCuts(start, end, order) >= 0;
}

function union(spans: readonly Span[], order: VersionOrder): readonly Span[] {
  const sorted = spans.toSorted((left, right) => orderOfStarts(left.start, right.start, order));
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || !touches(last.end, span.start, order)) merged.push(span);
    else merged[merged.length - 1] = { start: last.start, end: laterEnd(last.end, span.end, order) };
  }
  return merged;
}

function touches(end: Cut | null, start: Cut | null, order: VersionOrder): boolean {
  return end === null || start === null || orderOfCuts(start, end, order) <= 0;
}

function laterEnd(left: Cut | null, right: Cut | null, order: VersionOrder): Cut | null {
  if (left === null || right === null) return null;
  return orderOfCuts(left, right, order) >= 0 ? left : right;
}

function orderOfStarts(left: Cut | null, right: Cut | null, order: VersionOrder): number {
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return orderOfCuts(left, right, order);
}

function orderOfCuts(left: Cut, right: Cut, order: VersionOrder): number {
  return order(left.version, right.version) || Number(left.after) - Number(right.after);
}

function intervalOf({ start, end }: Span): VersionInterval {
  return {
    from: start?.version ?? null,
    fromInclusive: start !== null && !start.after,
    to: end?.version ?? null,
    toInclusive: end?.after === true,
  };
}
