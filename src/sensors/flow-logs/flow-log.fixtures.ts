import { readFileSync } from 'node:fs';
import path from 'node:path';

import { formatIpv4 } from '#model';

import type { AddressResolver } from './address-resolver.ts';
import { type FlowLogReaderOptions, FlowLogReader } from './flow-log-reader.ts';
import type { FlowLogRow } from './flow-table.ts';

/** Who held the addresses of the fixtures: web, then cart on the same address; api; nobody on the rest. */
export const HOLDERS = ['web', 'cart', 'api', 'job'] as const;
const NOBODY = -1;
/** From then on 10.0.0.11 is cart's. */
const REUSED_AT = 1_700_000_060_000;

/** Answers from a few addresses; one that changes hands within the asked time is -2, ambiguous. */
export const fixtureResolver: AddressResolver = {
  resolveEach4({ ipv4, from, to }, holders, count) {
    for (let index = 0; index < count; index += 1) {
      holders[index] = holderOf(formatIpv4(ipv4[index] ?? 0), from[index] ?? 0, to[index] ?? 0);
    }
  },
  resolve6: (ip, from, to) => holderOf(ip, from, to),
};

export function fixture(name: string): Buffer {
  return readFileSync(path.join(import.meta.dirname, 'fixtures', name));
}

/** Reads it all, in chunks of the sizes that `nextSize` gives; drains whenever it must. */
export function readAll(
  bytes: Uint8Array,
  options: Partial<FlowLogReaderOptions> & Pick<FlowLogReaderOptions, 'format'>,
  nextSize: () => number = () => bytes.length,
): { readonly reader: FlowLogReader; readonly rows: readonly FlowLogRow[] } {
  const reader = new FlowLogReader({ resolver: fixtureResolver, ...options });
  const rows: FlowLogRow[] = [];
  let done = 0;
  for (let end = 0; ;) {
    end = Math.min(bytes.length, Math.max(end, done) + nextSize());
    const { consumed, full } = reader.push(bytes.subarray(done, end), end === bytes.length);
    done += consumed;
    if (full) rows.push(...reader.drain());
    else if (end === bytes.length) break;
  }
  rows.push(...reader.drain());
  return { reader, rows };
}

/** One row per key, sorted: what a store makes of rows that come in several parts. */
export function merged(rows: readonly FlowLogRow[]): readonly FlowLogRow[] {
  const byKey = new Map<string, FlowLogRow>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, connections: 0, bytes: 0, firstAt: 0, lastAt: 0 });
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? row : sum(known, row));
  }
  return [...byKey].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
}

function sum(left: FlowLogRow, right: FlowLogRow): FlowLogRow {
  const measured = [left.bytes, right.bytes].filter((bytes) => bytes !== null);
  return {
    ...left,
    connections: left.connections + right.connections,
    bytes: measured.length === 0 ? null : measured.reduce((total, bytes) => total + bytes, 0),
    firstAt: Math.min(left.firstAt, right.firstAt),
    lastAt: Math.max(left.lastAt, right.lastAt),
  };
}

/** `web > api:8080 tcp established, 1 connection, 13100 bytes`. */
export function sentenceOf(row: FlowLogRow): string {
  const name = (holder: number, ip: string): string =>
    HOLDERS[holder] ?? `${holder === -2 ? 'ambiguous' : 'unknown'} ${ip}`;
  const minute = new Date(row.minute).toISOString().slice(11, 16);
  const ends = `${name(row.client, row.clientIp)} > ${name(row.server, row.serverIp)}:${row.serverPort}`;
  return `${minute} ${ends} ${row.protocol} ${row.verdict}, ${row.connections} connections, ${row.bytes} bytes`;
}

function holderOf(ip: string, from: number, to: number): number {
  switch (ip) {
    case '10.0.0.11':
    case '2001:db8::11':
      if (to < REUSED_AT) return 0;
      return from >= REUSED_AT ? 1 : -2;
    case '10.0.0.21':
    case '2001:db8::21':
      return 2;
    case '10.0.0.12':
      return 3;
    default:
      return NOBODY;
  }
}
