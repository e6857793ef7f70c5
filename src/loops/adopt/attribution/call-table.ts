import type { FlowRow } from '#store';
import type { Instant, Protocol } from '#model';
import { INTERNET, type AttributedEnd, type AttributedFlow } from './attributed-flow.ts';

/** All connections between two holders on one port, since the window begins. */
export interface CallRecord {
  readonly client: AttributedEnd;
  readonly server: AttributedEnd;
  readonly port: number;
  readonly protocol: Protocol;
  /** Told by a flow log, which may have seen the same connections as a sensor: never added to those. */
  readonly isImported: boolean;
  connections: number;
  /** Refused or unanswered. */
  failed: number;
  /** Null until anything was measured. */
  bytes: number | null;
  firstAt: Instant;
  lastAt: Instant;
  readonly sources: Set<string>;
}

const MINUTE_MS = 60_000;

/** Sources of rows that a flow log told: this, and the import's id. */
export const IMPORT_PREFIX = 'import:';

/**
 * The observed calls, by holders rather than names: a name follows from declarations, which may
 * change afterwards. Small, because it grows with pairs of holders and not with connections.
 */
export class CallTable {
  readonly #records = new Map<string, CallRecord>();

  get size(): number {
    return this.#records.size;
  }

  records(): Iterable<Readonly<CallRecord>> {
    return this.#records.values();
  }

  add(flow: AttributedFlow): void {
    const failed = flow.verdict === 'refused' || flow.verdict === 'unanswered' || flow.verdict === 'blocked';
    const record = this.#record(flow);
    record.connections += flow.connections;
    if (failed) record.failed += flow.connections;
    if (flow.bytes !== null) record.bytes = (record.bytes ?? 0) + flow.bytes;
    record.firstAt = Math.min(record.firstAt, flow.at);
    record.lastAt = Math.max(record.lastAt, flow.at);
    record.sources.add(flow.source);
  }

  /** Takes what was measured before a restart, or imported. */
  addRow(row: FlowRow): void {
    const record = this.#record({
      client: { holder: row.client, scope: row.clientScope, ip: row.clientIp },
      server: { holder: row.server, scope: row.serverScope, ip: row.serverIp },
      port: row.serverPort,
      // Rows are written by `rowOf` below and by the flow-log import, which know no other protocols by name.
      protocol: row.protocol as Protocol,
      at: row.firstAt,
      source: row.source,
    });
    record.connections += row.connections;
    if (['refused', 'unanswered', 'blocked'].includes(row.verdict)) record.failed += row.connections;
    if (row.bytes !== null) record.bytes = (record.bytes ?? 0) + row.bytes;
    record.firstAt = Math.min(record.firstAt, row.firstAt);
    record.lastAt = Math.max(record.lastAt, row.lastAt);
    record.sources.add(row.source);
  }

  /** Forgets calls that were last seen before the window. */
  dropBefore(before: Instant): void {
    for (const [key, record] of this.#records) if (record.lastAt < before) this.#records.delete(key);
  }

  #record(
    flow: Pick<AttributedFlow, 'client' | 'server' | 'port' | 'protocol' | 'at' | 'source'>,
  ): CallRecord {
    const isImported = flow.source.startsWith(IMPORT_PREFIX);
    const key = `${endKey(flow.client)}|${endKey(flow.server)}|${flow.port}|${flow.protocol}|${isImported}`;
    const known = this.#records.get(key);
    if (known !== undefined) return known;
    const record: CallRecord = {
      client: flow.client,
      server: flow.server,
      port: flow.port,
      protocol: flow.protocol,
      isImported,
      connections: 0,
      failed: 0,
      bytes: null,
      firstAt: flow.at,
      lastAt: flow.at,
      sources: new Set(),
    };
    this.#records.set(key, record);
    return record;
  }
}

/** A log of a whole network has millions of rows that say nothing of what runs here. */
export const isCall = (row: Pick<FlowRow, 'source' | 'client' | 'server'>): boolean =>
  !row.source.startsWith(IMPORT_PREFIX) ||
  [row.client, row.server].some((holder) => holder !== '' && holder !== INTERNET);

/** The measurement that a flow adds to. */
export function rowOf(flow: AttributedFlow): FlowRow {
  const unknown = [flow.client.holder === '' ? 'client' : '', flow.server.holder === '' ? 'server' : ''];
  return {
    minute: Math.floor(flow.at / MINUTE_MS) * MINUTE_MS,
    source: flow.source,
    protocol: flow.protocol,
    clientScope: flow.client.scope,
    clientIp: flow.client.ip,
    client: flow.client.holder,
    serverScope: flow.server.scope,
    serverIp: flow.server.ip,
    serverPort: flow.port,
    server: flow.server.holder,
    verdict: flow.verdict,
    connections: flow.connections,
    bytes: flow.bytes,
    firstAt: flow.at,
    lastAt: flow.at,
    unknown: unknown.filter((end) => end !== '').join(' '),
  };
}

/** An unnamed end is known by its address, a named one by its holder alone. */
const endKey = (end: AttributedEnd): string => (end.holder === '' ? `?${end.scope} ${end.ip}` : end.holder);
