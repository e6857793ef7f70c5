import type { Instant } from '#model';

const DAY_MS = 86_400_000;
const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** The UTC day that a moment lies in: `2026-11-22`. */
export function utcDay(at: Instant): string {
  return new Date(at).toISOString().slice(0, DAY_LENGTH);
}

/** When a UTC day is over. */
export function dayEnd(day: string): Instant {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}
