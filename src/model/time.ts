import { SheerError } from './errors.ts';
import type { Instant } from './instant.ts';

/**
 * A moment as people write it, in UTC wherever no zone stands:
 *
 * - RFC 3339: `2026-11-22T02:13:00Z`; also without zone, seconds or time
 * - `02:13`, `02:13:04`: today, or yesterday when that is still to come
 * - `yesterday 02:13`, `today 02:13`, `yesterday`, `now`
 * - `5m ago`, `-5m`, `5m`, `1h30m`: so long before now
 * - Unix time in seconds or milliseconds
 *
 * @throws SheerError `invalid-input`
 */
export function parseTime(text: string, now: Instant): Instant {
  const trimmed = text.trim();
  for (const read of [readWord, readClock, readUnix, readAgo, readDate]) {
    const instant = read(trimmed, now);
    if (instant !== null) return instant;
  }
  throw new SheerError('invalid-input', `"${text}" is not a time`, {
    next: 'write it as 2026-11-22T02:13:00Z, 02:13, "yesterday 02:13" or 5m (five minutes ago); all in UTC',
  });
}

/**
 * A length of time in milliseconds: `500ms`, `30s`, `5m`, `2h`, `7d`, `1w`, `1h30m`.
 *
 * @throws SheerError `invalid-input`
 */
export function parseDuration(text: string): number {
  const duration = readDuration(text.trim());
  if (duration !== null) return duration;
  throw new SheerError('invalid-input', `"${text}" is not a length of time`, {
    next: 'write it as 30s, 5m, 2h, 7d or 1h30m',
  });
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DAY_MS = 86_400_000;

/** What ECMAScript's dates can hold: 275,760 years around 1970. */
const INSTANT_MAX = 8.64e15;

/** Seconds have up to 11 digits until the year 5138; milliseconds have 12 from 1973 on. */
const SECONDS_DIGITS_MAX = 11;

function readWord(text: string, now: Instant): Instant | null {
  const match = /^(now|today|yesterday)(?:\s+(\S+))?$/i.exec(text);
  if (!match) return null;
  const word = (match[1] ?? '').toLowerCase();
  const clock = match[2];
  if (word === 'now') return clock === undefined ? now : null;
  const midnight = startOfDay(now) - (word === 'yesterday' ? DAY_MS : 0);
  if (clock === undefined) return midnight;
  const offset = timeOfDay(clock);
  return offset === null ? null : midnight + offset;
}

function readClock(text: string, now: Instant): Instant | null {
  const offset = timeOfDay(text);
  if (offset === null) return null;
  const today = startOfDay(now) + offset;
  return today > now ? today - DAY_MS : today;
}

function readUnix(text: string): Instant | null {
  const match = /^(\d{9,16})(\.\d+)?$/.exec(text);
  if (!match) return null;
  const inSeconds = (match[1] ?? '').length <= SECONDS_DIGITS_MAX;
  return inRange(Number(text) * (inSeconds ? 1000 : 1));
}

function readAgo(text: string, now: Instant): Instant | null {
  const match = /^-?\s*(.+?)(?:\s+ago)?$/i.exec(text);
  const duration = readDuration(match?.[1] ?? '');
  return duration === null ? null : inRange(now - duration);
}

function readDate(text: string): Instant | null {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*([Zz]|[+-]\d{2}:\d{2})?)?$/.exec(
      text,
    );
  if (!match) return null;
  const [, year, month, day, clock = '00:00', zone = 'Z'] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC takes 31 February for 3 March.
  if (new Date(midnight).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return null;
  const [offset, shift] = [timeOfDay(clock), zoneOffset(zone)];
  return offset === null || shift === null ? null : midnight + offset - shift;
}

function timeOfDay(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?$/.exec(text);
  if (!match) return null;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  // A leap second, :60, is the first moment of the next minute, as POSIX counts.
  if (hours > 23 || minutes > 59 || seconds > 60) return null;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number(match[4] ?? 0) * 1000;
}

function zoneOffset(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const offset = timeOfDay(zone.slice(1));
  return offset === null ? null : (zone.startsWith('-') ? -1 : 1) * offset;
}

function readDuration(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/i.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/gi)) {
    total += Number(amount) * (UNIT_MS[(unit ?? '').toLowerCase()] ?? 0);
  }
  return inRange(total);
}

function startOfDay(now: Instant): Instant {
  return Math.floor(now / DAY_MS) * DAY_MS;
}

function inRange(value: number): number | null {
  return Number.isFinite(value) && Math.abs(value) <= INSTANT_MAX ? value : null;
}
