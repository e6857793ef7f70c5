import { NONE } from '../fact-columns.ts';
import { withRoom } from '../columns.ts';

/** Fewer additions than that are never worth a merge. */
const MERGE_MIN = 65_536;

/**
 * Which runs hold a package: one sorted block for the bulk of them (four bytes each, read in one
 * go), and a chain per package for what came since. The chains are merged into the block when they
 * are half as long: so each posting is moved three times at most on average.
 */
export class Postings {
  /** By package, where its part of the block begins; one more than there are packages. */
  #offsets = new Uint32Array(1);
  #block = new Uint32Array(0);
  #blockPackages = 0;
  #last = new Int32Array(64);
  #packages = 0;
  #chainRun = new Uint32Array(64);
  #chainBefore = new Int32Array(64);
  #chained = 0;

  /** Of runs that are all there: `packages` from `offsets[run]` on are the run's, which are less than `count`. */
  static of(packages: Uint32Array, offsets: Uint32Array, count: number): Postings {
    const postings = new Postings();
    const ends = new Uint32Array(count + 1);
    for (const number of packages) ends[number + 1] = (ends[number + 1] ?? 0) + 1;
    for (let number = 0; number < count; number++)
      ends[number + 1] = (ends[number + 1] ?? 0) + (ends[number] ?? 0);
    const block = new Uint32Array(packages.length);
    const next = ends.slice();
    for (let run = 0; run + 1 < offsets.length; run++) {
      const until = offsets[run + 1] ?? 0;
      for (let at = offsets[run] ?? 0; at < until; at++) {
        const number = packages[at] ?? 0;
        const place = next[number] ?? 0;
        block[place] = run;
        next[number] = place + 1;
      }
    }
    postings.#offsets = ends;
    postings.#block = block;
    postings.#blockPackages = count;
    postings.#packages = count;
    postings.#last = new Int32Array(Math.max(count, 64)).fill(NONE);
    return postings;
  }

  get size(): number {
    return this.#block.length + this.#chained;
  }

  get bytes(): number {
    return (
      this.#offsets.byteLength +
      this.#block.byteLength +
      this.#last.byteLength +
      this.#chainRun.byteLength +
      this.#chainBefore.byteLength
    );
  }

  add(number: number, run: number): void {
    if (number >= this.#packages) {
      const before = this.#last.length;
      this.#last = withRoom(this.#last, number + 1);
      if (this.#packages === 0) this.#last.fill(NONE);
      else if (this.#last.length > before) this.#last.fill(NONE, before);
      this.#packages = number + 1;
    }
    const posting = this.#chained++;
    this.#chainRun = withRoom(this.#chainRun, this.#chained);
    this.#chainBefore = withRoom(this.#chainBefore, this.#chained);
    this.#chainRun[posting] = run;
    this.#chainBefore[posting] = this.#last[number] ?? NONE;
    this.#last[number] = posting;
    if (this.#chained > Math.max(MERGE_MIN, this.#block.length / 2)) this.#merge();
  }

  each(number: number, visit: (run: number) => void): void {
    if (number < this.#blockPackages) {
      const end = this.#offsets[number + 1] ?? 0;
      for (let at = this.#offsets[number] ?? 0; at < end; at++) visit(this.#block[at] ?? 0);
    }
    let posting = number < this.#packages ? (this.#last[number] ?? NONE) : NONE;
    for (; posting !== NONE; posting = this.#chainBefore[posting] ?? NONE)
      visit(this.#chainRun[posting] ?? 0);
  }

  #merge(): void {
    const block = new Uint32Array(this.size);
    const offsets = new Uint32Array(this.#packages + 1);
    let used = 0;
    for (let number = 0; number < this.#packages; number++) {
      offsets[number] = used;
      if (number < this.#blockPackages) {
        const part = this.#block.subarray(this.#offsets[number], this.#offsets[number + 1]);
        block.set(part, used);
        used += part.length;
      }
      let posting = this.#last[number] ?? NONE;
      for (; posting !== NONE; posting = this.#chainBefore[posting] ?? NONE)
        block[used++] = this.#chainRun[posting] ?? 0;
    }
    offsets[this.#packages] = used;
    this.#block = block;
    this.#offsets = offsets;
    this.#blockPackages = this.#packages;
    this.#last.fill(NONE);
    this.#chained = 0;
  }
}
