/**
 * A moment: Unix time in milliseconds, UTC. Fractions are allowed (a double keeps a quarter of a
 * microsecond at today's dates), so a kernel's nanosecond stamps keep their order.
 */
export type Instant = number;

/** Where the injected "now" comes from. */
export type Clock = () => Instant;

/** RFC 3339 in UTC with milliseconds; null for a moment that never comes. */
export function formatInstant(at: Instant): string;
export function formatInstant(at: Instant | null): string | null;
export function formatInstant(at: Instant | null): string | null {
  return at === null || at === Number.POSITIVE_INFINITY ? null : new Date(at).toISOString();
}
