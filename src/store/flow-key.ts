import type { Instant } from '#model';
import type { FlowRow } from './store.ts';

export type FlowKey = readonly [
  minute: Instant,
  source: string,
  protocol: string,
  clientScope: string,
  clientIp: string,
  client: string,
  serverScope: string,
  serverIp: string,
  serverPort: number,
  server: string,
  verdict: string,
];

/** Rows that have all of this in common are added up to one. */
export function flowKey(row: FlowRow): FlowKey {
  return [
    row.minute,
    row.source,
    row.protocol,
    row.clientScope,
    row.clientIp,
    row.client,
    row.serverScope,
    row.serverIp,
    row.serverPort,
    row.server,
    row.verdict,
  ];
}
