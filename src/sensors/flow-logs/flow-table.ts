import type { FlowVerdict, Instant } from '#model';

import { CLIENT_IS_IPV6, SERVER_IS_IPV6, ipOf, portOf, protocolOf, verdictOf } from './call-word.ts';
import type { FlowBatch } from './flow-batch.ts';

const MINUTE_MS = 60_000;
/** Minute, client's and server's address, their holders, port with protocol and verdict. */
const KEY_WORDS = 6;
const CONNECTIONS = 0;
const BYTES = 1;
const FIRST = 2;
const LAST = 3;
const VALUES = 4;

/** Equal calls of one minute. Holders are the resolver's numbers: a holder, or why there is none. */
export interface FlowLogRow {
  readonly minute: Instant;
  readonly protocol: string;
  readonly clientIp: string;
  readonly client: number;
  readonly serverIp: string;
  readonly serverPort: number;
  readonly server: number;
  readonly verdict: FlowVerdict;
  readonly connections: number;
  /** Null: not measured. */
  readonly bytes: number | null;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/**
 * Sums of equal calls per minute, in typed arrays of a fixed size: 56 bytes per row and 8 for its
 * place, so 16,384 rows take 1.4 MB, however long the log is.
 */
export class FlowTable {
  readonly #capacity: number;
  readonly #keys: Uint32Array;
  readonly #values: Float64Array;
  /** Row plus one; 0 is free. At least twice as many as rows. */
  readonly #slots: Int32Array;
  readonly #mask: number;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#keys = new Uint32Array(capacity * KEY_WORDS);
    this.#values = new Float64Array(capacity * VALUES);
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get count(): number {
    return this.#count;
  }

  /** How many new rows still fit. */
  get room(): number {
    return this.#capacity - this.#count;
  }

  /** Adds one line of a batch whose holders are known. */
  add(batch: FlowBatch, index: number): void {
    const at = batch.from[index] as number; // within the batch
    const row = this.#rowOf(batch, index, Math.floor(at / MINUTE_MS));
    const values = this.#values;
    const base = row * VALUES;
    values[base + CONNECTIONS] =
      (values[base + CONNECTIONS] as number) + (batch.connections[index] as number);
    const bytes = batch.bytes[index] as number;
    if (bytes >= 0) values[base + BYTES] = Math.max(0, values[base + BYTES] as number) + bytes;
    if (at < (values[base + FIRST] as number)) values[base + FIRST] = at;
    if (at > (values[base + LAST] as number)) values[base + LAST] = at;
  }

  /** Takes all rows out, in order of their first line. `ipv6` gives the text of an address' number. */
  drain(ipv6: (number: number) => string): FlowLogRow[] {
    const rows: FlowLogRow[] = [];
    for (let row = 0; row < this.#count; row += 1) rows.push(this.#row(row, ipv6));
    this.#slots.fill(0);
    this.#count = 0;
    return rows;
  }

  #rowOf(batch: FlowBatch, index: number, minute: number): number {
    const client = batch.client4[index] as number;
    const server = batch.server4[index] as number;
    const clientHolder = (batch.clientHolder[index] as number) >>> 0;
    const serverHolder = (batch.serverHolder[index] as number) >>> 0;
    const call = batch.call[index] as number;
    const keys = this.#keys;
    let place = hashOf(
      minute,
      client ^ Math.imul(server, 0x9e3779b1),
      call ^ Math.imul(clientHolder, 31) ^ serverHolder,
    );
    for (;;) {
      place &= this.#mask;
      const row = (this.#slots[place] as number) - 1;
      if (row < 0) break;
      const base = row * KEY_WORDS;
      if (
        keys[base + 1] === client &&
        keys[base + 2] === server &&
        keys[base + 5] === call &&
        keys[base] === minute &&
        keys[base + 3] === clientHolder &&
        keys[base + 4] === serverHolder
      ) {
        return row;
      }
      place += 1;
    }
    const row = this.#newRow(place);
    const base = row * KEY_WORDS;
    keys[base] = minute;
    keys[base + 1] = client;
    keys[base + 2] = server;
    keys[base + 3] = clientHolder;
    keys[base + 4] = serverHolder;
    keys[base + 5] = call;
    return row;
  }

  #newRow(place: number): number {
    const row = this.#count;
    this.#count += 1;
    this.#slots[place] = row + 1;
    const base = row * VALUES;
    this.#values[base + CONNECTIONS] = 0;
    this.#values[base + BYTES] = -1;
    this.#values[base + FIRST] = Number.POSITIVE_INFINITY;
    this.#values[base + LAST] = Number.NEGATIVE_INFINITY;
    return row;
  }

  #row(row: number, ipv6: (number: number) => string): FlowLogRow {
    const keys = this.#keys;
    const values = this.#values;
    const key = row * KEY_WORDS;
    const value = row * VALUES;
    const call = keys[key + 5] ?? 0;
    const bytes = values[value + BYTES] ?? -1;
    return {
      minute: (keys[key] ?? 0) * MINUTE_MS,
      protocol: protocolOf(call),
      clientIp: ipOf(call & CLIENT_IS_IPV6, keys[key + 1] ?? 0, ipv6),
      client: (keys[key + 3] ?? 0) | 0,
      serverIp: ipOf(call & SERVER_IS_IPV6, keys[key + 2] ?? 0, ipv6),
      serverPort: portOf(call),
      server: (keys[key + 4] ?? 0) | 0,
      verdict: verdictOf(call),
      connections: values[value + CONNECTIONS] ?? 0,
      bytes: bytes < 0 ? null : bytes,
      firstAt: values[value + FIRST] ?? 0,
      lastAt: values[value + LAST] ?? 0,
    };
  }
}

function hashOf(minute: number, ends: number, rest: number): number {
  let hash = Math.imul(ends ^ Math.imul(minute, 0x27d4eb2f), 0x85ebca6b) ^ Math.imul(rest, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
