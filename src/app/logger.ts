import { inspect } from 'node:util';
import type { ServerLogger } from '#server';

/** A line of JSON each: a constant message, and what it is about; an error with its stack and causes. */
export function jsonLogger(write: (line: string) => void): ServerLogger {
  const log =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, readable)}\n`);
  return { info: log('info'), error: log('error') };
}

/** JSON shows nothing of an error. */
function readable(_key: string, value: unknown): unknown {
  return value instanceof Error ? inspect(value) : value;
}
