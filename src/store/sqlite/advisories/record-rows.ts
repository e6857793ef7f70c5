import type { Advisory } from '#model';
import type { Database, Statement } from '../database.ts';
import { idKey, packageKey, withoutRelease } from './lookup-key.ts';
import { BlockPacker } from './record-blocks.ts';

export interface RecordRow {
  readonly number: number;
  readonly source: number;
  readonly generation: number;
  readonly stamp: number;
  readonly raw: Uint8Array;
  readonly advisory: Advisory;
  readonly ecosystems: readonly string[];
}

/** So many rows of `keys` go in with one statement: a call costs more than a row. */
const KEYS_AT_ONCE = 64;

/** Writes records: their row, their keys, and the block of raw records that they lie in. */
export class RecordRows {
  readonly #insert: Statement<readonly []>;
  readonly #insertBlock: Statement<readonly []>;
  readonly #release: Statement<readonly []>;
  readonly #dropBlock: Statement<readonly []>;
  readonly #insertKey: Statement<readonly []>;
  readonly #insertKeys: Statement<readonly []>;
  readonly #ecosystemSets: EcosystemSets;
  #block: number;
  readonly #packer = new BlockPacker();
  /** Of the records that are gathered: those that were replaced already. */
  #dead = 0;
  readonly #keys: number[] = [];

  /** `block`: the last one that there is. */
  constructor(database: Database, block: number) {
    this.#block = block + 1;
    this.#ecosystemSets = new EcosystemSets(database);
    this.#insert = database.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertBlock = database.prepare('INSERT INTO blocks VALUES (?, ?, ?)');
    this.#release = database.prepare('UPDATE blocks SET live = live - 1 WHERE number = ?');
    this.#dropBlock = database.prepare('DELETE FROM blocks WHERE number = ? AND live = 0');
    this.#insertKey = database.prepare('INSERT INTO keys VALUES (?, ?)');
    const places = Array.from({ length: KEYS_AT_ONCE }, () => '(?, ?)').join(', ');
    this.#insertKeys = database.prepare(`INSERT INTO keys VALUES ${places}`);
  }

  add({ number, source, generation, stamp, raw, advisory, ecosystems }: RecordRow): void {
    const { id, modified, withdrawn } = advisory;
    const set = this.#ecosystemSets.numberOf(ecosystems);
    const isWithdrawn = withdrawn === null ? 0 : 1;
    const values = [
      number,
      source,
      id,
      modified,
      isWithdrawn,
      stamp,
      generation,
      set,
      this.#block,
      this.#packer.count,
    ];
    this.#insert.run(...values);
    for (const key of keysOf(advisory)) this.#keys.push(key, number);
    while (this.#keys.length >= 2 * KEYS_AT_ONCE)
      this.#insertKeys.run(...this.#keys.splice(0, 2 * KEYS_AT_ONCE));
    this.#packer.add(raw);
    if (this.#packer.isFull()) this.#closeBlock();
  }

  /** A record of that block is gone; so is the block with the last of them. */
  release(block: number): void {
    if (block === this.#block) {
      this.#dead += 1;
      return;
    }
    this.#release.run(block);
    this.#dropBlock.run(block);
  }

  /** Puts down what is still gathered; returns the last block's number. */
  flush(): number {
    for (let index = 0; index < this.#keys.length; index += 2) {
      this.#insertKey.run(...this.#keys.slice(index, index + 2));
    }
    this.#keys.length = 0;
    this.#closeBlock();
    return this.#block - 1;
  }

  #closeBlock(): void {
    if (this.#packer.count === 0) return;
    const live = this.#packer.count - this.#dead;
    if (live > 0) this.#insertBlock.run(this.#block, live, this.#packer.pack());
    else this.#packer.clear();
    this.#block += 1;
    this.#dead = 0;
  }
}

/** Names without releases, each once, in order. */
export function ecosystemsOf(advisory: Advisory): readonly string[] {
  const names = new Set<string>();
  let last = '';
  for (const { ecosystem } of advisory.affected) {
    if (ecosystem !== last) names.add(withoutRelease(ecosystem));
    last = ecosystem;
  }
  return names.size < 2 ? [...names] : [...names].toSorted();
}

function keysOf(advisory: Advisory): ReadonlySet<number> {
  const keys = new Set<number>([idKey(advisory.id)]);
  for (const alias of advisory.aliases) keys.add(idKey(alias));
  let last = '';
  for (const { ecosystem, name } of advisory.affected) {
    // Mostly one package, in one release after the other.
    const about = `${withoutRelease(ecosystem)} ${name}`;
    if (about !== last) keys.add(packageKey(withoutRelease(ecosystem), name));
    last = about;
  }
  return keys;
}

/** Numbers for sets of names, of which there are few. */
class EcosystemSets {
  readonly #numbers = new Map<string, number>();
  readonly #insert: Statement<readonly []>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO ecosystems VALUES (?, ?)');
    const rows = database.prepare<readonly [number, string]>('SELECT number, names FROM ecosystems').all();
    for (const [number, names] of rows) this.#numbers.set(names, number);
  }

  numberOf(names: readonly string[]): number {
    const key = JSON.stringify(names);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#insert.run(number, key);
    this.#numbers.set(key, number);
    return number;
  }
}
