import type { ServerLogger } from '#server';

/** A line of JSON each: a constant message, and what it is about. */
export function jsonLogger(write: (line: string) => void): ServerLogger {
  const log =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  return { info: () => undefined, error: log('error') };
}
