import type { Instant } from '#model';

/**
 * Reads answers of engines. Every reader gives something plain for whatever it is handed: an engine
 * of another version, or a hostile one, can't make it throw.
 */
export type WireRecord = Readonly<Record<string, unknown>>;

const EMPTY: WireRecord = {};

export function recordOf(value: unknown): WireRecord {
  // Any object that is no array can be read by name; unknown members stay unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireRecord) : EMPTY;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((item) => typeof item === 'string');

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** RFC 3339 with up to nanoseconds; null for Go's zero time (year 1) and everything else. */
export function instantOf(value: unknown): Instant | null {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(textOf(value));
  if (parts === null) return null;
  const seconds = Date.parse(`${parts[1]}${parts[3]}`);
  return Number.isNaN(seconds) || seconds <= 0 ? null : seconds + Number(`0${parts[2] ?? ''}`) * 1000;
}

/** `sha256:…` whether or not the engine writes the algorithm. */
export function digestOf(value: unknown): string | null {
  const text = textOf(value);
  if (/^[0-9a-f]{64}$/.test(text)) return `sha256:${text}`;
  return /^[a-z0-9]+:[0-9a-f]{32,}$/.test(text) ? text : null;
}

/** The full id of a container, or of a network of Docker's. */
export function containerIdOf(value: unknown): string | null {
  const text = textOf(value);
  return /^[0-9a-f]{64}$/.test(text) ? text : null;
}
