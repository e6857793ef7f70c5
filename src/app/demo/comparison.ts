import type { CallAnswer } from '#model';

/** What a service says that it did itself. */
export interface SentCall {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
}

/** One call as it was sent and as it was found; null where one side knows nothing of it. */
export interface ComparedCall {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Connections, as counted by the one who opened them. */
  readonly sent: number | null;
  readonly requests: number | null;
  /** Connections, as Sheerline saw them. */
  readonly found: number | null;
  readonly bytes: number | null;
}

/**
 * Every call between parts of the shop, by either side. Other calls of the machine are none of the
 * demo's business.
 */
export function compareCalls(
  sent: readonly SentCall[],
  found: readonly CallAnswer[],
  parts: ReadonlySet<string>,
): readonly ComparedCall[] {
  const compared = new Map<string, ComparedCall>();
  const key = (from: string, to: string, port: number): string => `${from} ${to} ${port}`;
  for (const { from, to, port, connections, requests } of sent) {
    compared.set(key(from, to, port), {
      from,
      to,
      port,
      sent: connections,
      requests,
      found: null,
      bytes: null,
    });
  }
  for (const { from, to, port, connections, bytes } of found) {
    if (port === null || connections === null || !parts.has(from) || !parts.has(to)) continue;
    const same = compared.get(key(from, to, port)) ?? { from, to, port, sent: null, requests: null };
    compared.set(key(from, to, port), { ...same, found: connections, bytes });
  }
  return [...compared.values()];
}

/** Whether every call that was sent was found, and none that was not. */
export function isComplete(calls: readonly ComparedCall[]): boolean {
  return calls.length > 0 && calls.every((call) => call.sent !== null && call.found !== null);
}
