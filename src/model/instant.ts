/**
 * A moment: Unix time in milliseconds, UTC. Fractions are allowed (a double keeps a quarter of a
 * microsecond at today's dates), so a kernel's nanosecond stamps keep their order.
 */
export type Instant = number;

/** An interval that nobody has ended yet ends here. */
export const FOREVER: Instant = Number.POSITIVE_INFINITY;

/** Half-open: `from` belongs to it, `until` does not. */
export interface Interval {
  readonly from: Instant;
  readonly until: Instant;
}

/** Whether `at` lies in the interval. */
export function contains(interval: Interval, at: Instant): boolean {
  return interval.from <= at && at < interval.until;
}

/** Whether the two share at least one moment. */
export function overlaps(left: Interval, right: Interval): boolean {
  return left.from < right.until && right.from < left.until;
}

/** Where the injected "now" comes from. */
export type Clock = () => Instant;

/** RFC 3339 in UTC with milliseconds; `null` for {@link FOREVER}. */
export function formatInstant(at: Instant): string;
export function formatInstant(at: Instant | null): string | null;
export function formatInstant(at: Instant | null): string | null {
  return at === null || at === FOREVER ? null : new Date(at).toISOString();
}
