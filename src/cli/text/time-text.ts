import { formatInstant } from '#model';
import type { Instant } from '#model';
import type { Look } from './look.ts';

const STEPS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** A length of time in its largest unit, rounded down: `3 s`, `5 min`, `2 h`, `4 d`. */
export function durationText(durationMs: number): string {
  for (const [unit, stepMs] of STEPS) {
    if (durationMs >= stepMs) return `${Math.floor(durationMs / stepMs)} ${unit}`;
  }
  return '0 s';
}

/** `3 s ago`, or the moment itself where that was asked for. */
export function ago(look: Look, time: string): string {
  if (look.exact) return time;
  const passedMs = look.now - Date.parse(time);
  return passedMs < 1000 ? 'just now' : `${durationText(passedMs)} ago`;
}

/**
 * The time of day in UTC, with the date where it is not today's: `02:11:04`,
 * `2026-11-21 02:11:04`. With `milliseconds` `02:11:04.311`.
 */
export function clockText(
  look: Look,
  time: string,
  precision: 'seconds' | 'milliseconds' = 'seconds',
): string {
  if (look.exact) return time;
  const instant: Instant = Date.parse(time);
  const text = formatInstant(instant);
  const clock = text.slice(11, precision === 'seconds' ? 19 : 23);
  const today = formatInstant(look.now).slice(0, 10);
  return text.slice(0, 10) === today ? clock : `${text.slice(0, 10)} ${clock}`;
}

/** `02:11:04 – 02:19:37`, `since 02:11:04`. */
export function intervalText(
  look: Look,
  interval: { readonly since: string; readonly until: string | null },
  precision: 'seconds' | 'milliseconds' = 'seconds',
): string {
  const since = clockText(look, interval.since, precision);
  return interval.until === null
    ? `since ${since}`
    : `${since} – ${clockText(look, interval.until, precision)}`;
}
