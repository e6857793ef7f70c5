import type { Fact, StoredFact } from '#model';
import { chainHash, isHash, payloadHash } from '../chain.ts';
import { factOf, storedFactOf } from '../fact-text.ts';
import { StoreError } from '../store-error.ts';
import type { Head, StreamName } from '../store.ts';
import type { Database, Statement } from './database.ts';

type RecordRow = readonly [
  position: number,
  payload: string | null,
  hash: string,
  payloadHash: string | null,
];

/** A row of a stream as it lies in the file; what it says may have been tampered with. */
export interface RawRecord {
  readonly position: number;
  readonly payload: string | null;
  readonly hash: string;
  /** Only of an erased payload. */
  readonly erasedHash: string | null;
}

/** The rows of one stream. */
export class RecordTable {
  readonly #stream: StreamName;
  readonly #insert: Statement<RecordRow>;
  readonly #page: Statement<RecordRow>;
  readonly #containing: Statement<RecordRow>;
  readonly #last: Statement<readonly [number, string]>;
  readonly #hash: Statement<readonly [string]>;
  readonly #erase: Statement<RecordRow>;
  readonly #rechain: Statement<RecordRow>;
  readonly #remove: Statement<RecordRow>;

  constructor(database: Database, stream: StreamName) {
    this.#stream = stream;
    this.#insert = database.prepare(`INSERT INTO ${stream} (position, payload, hash) VALUES (?, ?, ?)`);
    this.#page = database.prepare(
      `SELECT position, payload, hash, payload_hash FROM ${stream} WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.#containing = database.prepare(
      `SELECT position, payload, hash, payload_hash FROM ${stream} WHERE instr(payload, ?) > 0 ORDER BY position`,
    );
    this.#last = database.prepare(`SELECT position, hash FROM ${stream} ORDER BY position DESC LIMIT 1`);
    this.#hash = database.prepare(`SELECT hash FROM ${stream} WHERE position = ?`);
    this.#erase = database.prepare(
      `UPDATE ${stream} SET payload = NULL, payload_hash = ? WHERE position = ?`,
    );
    this.#rechain = database.prepare(`UPDATE ${stream} SET hash = ? WHERE position = ?`);
    this.#remove = database.prepare(
      `DELETE FROM ${stream} WHERE position <= ? AND position NOT IN (SELECT value FROM json_each(?))`,
    );
  }

  /** Puts a payload behind `head` and returns the new one. */
  add(head: Head, payload: string): Head {
    const position = head.position + 1;
    const hash = chainHash(head.hash, position, payloadHash(payload));
    this.#insert.run(position, payload, hash);
    return { position, hash };
  }

  page(after: number, count: number): readonly RawRecord[] {
    return this.#page.all(after, count).map(toRecord);
  }

  at(position: number): RawRecord | null {
    const [record] = this.page(position - 1, 1);
    return record?.position === position ? record : null;
  }

  /** All whose payload has this text; reads the whole stream. */
  containing(text: string): readonly RawRecord[] {
    return this.#containing.all(text).map(toRecord);
  }

  last(): Head | null {
    const row = this.#last.get();
    return row === undefined ? null : { position: row[0], hash: row[1] };
  }

  hashAt(position: number): string | null {
    return this.#hash.get(position)?.[0] ?? null;
  }

  erase(position: number, hash: string): void {
    this.#erase.run(hash, position);
  }

  rechain(position: number, hash: string): void {
    this.#rechain.run(hash, position);
  }

  /** Removes everything up to `last`, except for the positions in `kept`. */
  remove(last: number, kept: readonly number[]): void {
    this.#remove.run(last, JSON.stringify(kept));
  }

  /** The fact that a record holds; null when it was erased. */
  fact(record: RawRecord): Fact | null {
    return this.#read(record, factOf);
  }

  /** The same, without reading the data of an assert. */
  storedFact(record: RawRecord): StoredFact | null {
    return this.#read(record, storedFactOf);
  }

  #read<F>(record: RawRecord, read: (payload: string, position: number) => F): F | null {
    if (record.payload === null) return null;
    try {
      return read(record.payload, record.position);
    } catch (cause) {
      throw broken(this.#stream, record.position, cause);
    }
  }
}

/** The payload's hash, computed where there is a payload; null for a record that cannot be right. */
export function payloadHashOf(record: RawRecord): string | null {
  if (record.payload === null) return isHash(record.erasedHash) ? record.erasedHash : null;
  // Someone may have written another type than text into the file: then nothing fits.
  return record.erasedHash === null && typeof record.payload === 'string'
    ? payloadHash(record.payload)
    : null;
}

/** @returns StoreError `record-broken` for a record that does not hold a fact. */
function broken(stream: StreamName, position: number, cause: unknown): StoreError {
  return new StoreError(
    'record-broken',
    `Record ${position} of the ${stream} was edited: it holds no fact.`,
    {
      cause,
      next: 'See what else does not fit with `sheer audit verify`; put the state directory back from a backup.',
    },
  );
}

function toRecord([position, payload, hash, erasedHash]: RecordRow): RawRecord {
  return { position, payload, hash, erasedHash };
}
