import { NONE } from '../fact-columns.ts';
import { bytesOf, columnFrom, withRoom } from '../columns.ts';
import { Postings } from './postings.ts';

/** A run of a list that does not know its layers. */
export const NO_LAYER = -1;

/**
 * What one layer brought into an image: a layer's index and its packages. A base's runs are the same
 * in all images above it, and are held once. A run that no list uses stays until
 * {@link RunTable.withoutUnused}: usually the same content comes back.
 */
export class RunTable {
  #packages = new Uint32Array(1024);
  #packagesUsed = 0;
  /** By run where its packages begin; one more than there are runs. */
  #offsets = new Uint32Array(65);
  #layers = new Int32Array(64);
  #uses = new Uint32Array(64);
  /** By run an earlier one of the same hash. */
  #sameHash = new Int32Array(64);
  readonly #lastOfHash = new Map<number, number>();
  #count = 0;
  #unused = 0;
  #postings = new Postings();

  get size(): number {
    return this.#count;
  }

  get postings(): Postings {
    return this.#postings;
  }

  get bytes(): number {
    return (
      this.#packages.byteLength +
      this.#offsets.byteLength +
      this.#layers.byteLength +
      this.#uses.byteLength +
      this.#sameHash.byteLength +
      this.#postings.bytes
    );
  }

  /** Whether more than half of all packages stand in runs that no list uses. */
  get isWasteful(): boolean {
    return this.#unused > UNUSED_MIN && this.#unused * 2 > this.#packagesUsed;
  }

  /** The run with these packages (ascending), which one list more uses now. */
  acquire(layer: number, packages: Uint32Array): number {
    const hash = hashOf(layer, packages);
    let run = this.#lastOfHash.get(hash) ?? NONE;
    while (run !== NONE && !this.#equals(run, layer, packages)) run = this.#sameHash[run] ?? NONE;
    if (run === NONE) run = this.#add(hash, layer, packages);
    const uses = this.#uses[run] ?? 0;
    if (uses === 0) this.#unused -= packages.length;
    this.#uses[run] = uses + 1;
    return run;
  }

  release(run: number): void {
    const uses = (this.#uses[run] ?? 1) - 1;
    this.#uses[run] = uses;
    if (uses === 0) this.#unused += this.packagesOf(run).length;
  }

  isUsed(run: number): boolean {
    return (this.#uses[run] ?? 0) > 0;
  }

  layerOf(run: number): number {
    return this.#layers[run] ?? NO_LAYER;
  }

  /** Memory as it is, valid until the next change. */
  packagesOf(run: number): Uint32Array {
    return this.#packages.subarray(this.#offsets[run], this.#offsets[run + 1]);
  }

  /** A table of the runs that lists use; the function says the new number of each of them. */
  withoutUnused(): { readonly runs: RunTable; readonly renumbered: (run: number) => number } {
    const runs = new RunTable();
    const numbers = new Int32Array(this.#count).fill(NONE);
    for (let run = 0; run < this.#count; run++) {
      const uses = this.#uses[run] ?? 0;
      if (uses === 0) continue;
      const number = runs.acquire(this.layerOf(run), this.packagesOf(run));
      runs.#uses[number] = uses;
      numbers[run] = number;
    }
    return { runs, renumbered: (run) => numbers[run] ?? NONE };
  }

  /** As it is now, whatever changes later. */
  parts(): readonly Uint8Array[] {
    return [
      bytesOf(this.#packages, this.#packagesUsed),
      bytesOf(this.#offsets, this.#count + 1),
      bytesOf(this.#layers, this.#count),
      bytesOf(this.#uses, this.#count).slice(),
    ];
  }

  /** How many parts there are. */
  static readonly width = 4;

  /** Hashes and postings follow from the rest, and are worked out faster than they are read. */
  static fromParts(parts: readonly Uint8Array[], packageCount: number): RunTable {
    const [packages, offsets, layers, uses] = parts;
    if (packages === undefined || offsets === undefined || layers === undefined || uses === undefined)
      throw new RangeError(`a run table has ${RunTable.width} parts`);
    const table = new RunTable();
    table.#packages = columnFrom(Uint32Array, packages);
    table.#packagesUsed = table.#packages.length;
    table.#offsets = columnFrom(Uint32Array, offsets);
    table.#layers = columnFrom(Int32Array, layers);
    table.#uses = columnFrom(Uint32Array, uses);
    table.#count = table.#layers.length;
    table.#sameHash = new Int32Array(table.#count);
    for (let run = 0; run < table.#count; run++) {
      const own = table.packagesOf(run);
      table.#chain(run, hashOf(table.layerOf(run), own));
      if (!table.isUsed(run)) table.#unused += own.length;
    }
    table.#postings = Postings.of(table.#packages, table.#offsets, packageCount);
    return table;
  }

  #chain(run: number, hash: number): void {
    this.#sameHash[run] = this.#lastOfHash.get(hash) ?? NONE;
    this.#lastOfHash.set(hash, run);
  }

  #equals(run: number, layer: number, packages: Uint32Array): boolean {
    const from = this.#offsets[run] ?? 0;
    if (this.#layers[run] !== layer || (this.#offsets[run + 1] ?? 0) - from !== packages.length) return false;
    for (let index = 0; index < packages.length; index++)
      if (this.#packages[from + index] !== packages[index]) return false;
    return true;
  }

  #add(hash: number, layer: number, packages: Uint32Array): number {
    const run = this.#count++;
    this.#packages = withRoom(this.#packages, this.#packagesUsed + packages.length);
    this.#packages.set(packages, this.#packagesUsed);
    this.#packagesUsed += packages.length;
    this.#offsets = withRoom(this.#offsets, run + 2);
    this.#layers = withRoom(this.#layers, run + 1);
    this.#uses = withRoom(this.#uses, run + 1);
    this.#sameHash = withRoom(this.#sameHash, run + 1);
    this.#offsets[run + 1] = this.#packagesUsed;
    this.#layers[run] = layer;
    this.#uses[run] = 0;
    this.#chain(run, hash);
    this.#unused += packages.length;
    for (const number of packages) this.#postings.add(number, run);
    return run;
  }
}

/** 4 MB: less is not worth the work. */
const UNUSED_MIN = 1_000_000;

function hashOf(layer: number, packages: Uint32Array): number {
  let value = Math.imul(0x811c9dc5 ^ layer, 0x01000193);
  for (const number of packages) value = Math.imul(value ^ number, 0x01000193) ^ (value >>> 13);
  return value >>> 0;
}
