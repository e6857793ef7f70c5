import type { Database, Statement } from '../database.ts';
import { unpackBlock } from './record-blocks.ts';

/** Unpacked blocks that are kept: some 5 MB of records that resemble each other. */
const BLOCKS_KEPT = 32;

/** Raw records by the place where they lie; neighbours are unpacked once. */
export class BlockCache {
  readonly #blocks = new Map<number, readonly Uint8Array[]>();
  readonly #block: Statement<readonly [Uint8Array]>;

  constructor(database: Database) {
    this.#block = database.prepare('SELECT bytes FROM blocks WHERE number = ?');
  }

  /** Null: there is none. @throws StoreError `record-broken` */
  record(block: number, slot: number): Uint8Array | null {
    return (this.#blocks.get(block) ?? this.#unpack(block))[slot] ?? null;
  }

  #unpack(block: number): readonly Uint8Array[] {
    const packed = this.#block.get(block);
    if (packed === undefined) return [];
    const records = unpackBlock(packed[0]);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size >= BLOCKS_KEPT && oldest !== undefined) this.#blocks.delete(oldest);
    this.#blocks.set(block, records);
    return records;
  }
}
