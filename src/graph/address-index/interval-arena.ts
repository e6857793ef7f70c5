import { bytesOf, columnOf, withRoom } from '../columns.ts';
import { STEP, type StepRange } from './step.ts';

/** Nobody held it. */
export const NO_HOLDER = -1;
/** Two different holders claim the same moment: a conflict, never a guess. */
export const AMBIGUOUS = -2;

export interface HeldInterval {
  readonly from: number;
  /** Infinity while it is open. */
  readonly until: number;
  readonly holder: number;
}

/** Words of a row's header: where its slots begin, how many are used, how many it has … */
const HEADER = 4;
const COUNT = 1;
const CAPACITY = 2;
/** … and over how many later starts its farthest-reaching interval lasts: 0 when none overlap. */
const REACH = 3;

/**
 * Rows of intervals, sorted by start, in a few long typed arrays: every row has slots with spare
 * room at its end, a full one moves to the end of the arrays with twice the room, and what it left
 * behind is won back when the arrays are full.
 *
 * A search reads the row's header, then starts of the row (16 bytes per interval, so that a typical
 * row of some tens is a few cache lines), then one holder.
 */
export class IntervalArena {
  #headers = new Int32Array(0);
  #rows = 0;
  /** Start and end of each interval, side by side. */
  #times = new Float64Array(0);
  #holders = new Int32Array(0);
  /** Slots given out, those that rows left behind included. */
  #used = 0;
  readonly #stepSlots = new Int32Array(STEP);
  readonly #stepLengths = new Int32Array(STEP);
  readonly #stepReaches = new Int32Array(STEP);
  readonly #stepStarts = new Float64Array(STEP);
  readonly #stepEnds = new Float64Array(STEP);
  readonly #stepHolders = new Int32Array(STEP);

  /** From {@link parts}; null when they don't fit together. */
  static fromParts(
    headerBytes: Uint8Array,
    timeBytes: Uint8Array,
    holderBytes: Uint8Array,
  ): IntervalArena | null {
    const headers = columnOf(Int32Array, headerBytes, HEADER);
    const times = columnOf(Float64Array, timeBytes, 2);
    const holders = columnOf(Int32Array, holderBytes, 1);
    if (headers === null || times === null || holders === null) return null;
    if (timeBytes.byteLength !== holderBytes.byteLength * 4) return null;
    const arena = new IntervalArena();
    arena.#headers = headers;
    arena.#rows = headerBytes.byteLength / (4 * HEADER);
    arena.#times = times;
    arena.#holders = holders;
    arena.#used = holderBytes.byteLength / 4;
    return arena;
  }

  /** A copy: rows move. */
  parts(): Uint8Array[] {
    return [
      bytesOf(this.#headers, this.#rows * HEADER).slice(),
      bytesOf(this.#times, this.#used * 2).slice(),
      bytesOf(this.#holders, this.#used).slice(),
    ];
  }

  /** Rows are numbered from 0, without gaps; one that was never written is empty. */
  get rows(): number {
    return this.#rows;
  }

  /** Slots that hold an interval, over all rows. */
  count(): number {
    let count = 0;
    for (let row = 0; row < this.#rows; row += 1) count += this.countOf(row);
    return count;
  }

  countOf(row: number): number {
    return this.#headers[row * HEADER + COUNT] ?? 0;
  }

  interval(row: number, index: number): HeldInterval {
    const slot = (this.#headers[row * HEADER] ?? 0) + index;
    return {
      from: this.#times[slot * 2] ?? 0,
      until: this.#times[slot * 2 + 1] ?? 0,
      holder: this.#holders[slot] ?? NO_HOLDER,
    };
  }

  /**
   * Who held it at some moment of `from` to `to`, both included: a holder, {@link NO_HOLDER} or
   * {@link AMBIGUOUS}. Allocates nothing.
   */
  holderDuring(row: number, from: number, to: number): number {
    const times = this.#times;
    // `as number` here and below: a row that exists has a header, its slots lie in the arrays.
    let slot = this.#headers[row * HEADER] as number;
    let length = this.#headers[row * HEADER + COUNT] as number;
    if (length === 0) return NO_HOLDER;
    while (length > 1) {
      const half = length >>> 1;
      // Multiplied instead of branched on: every second branch would be predicted wrongly.
      slot += Number((times[(slot + half) * 2] as number) <= to) * half;
      length -= half;
    }
    return this.#holderIn(row, slot, from, to);
  }

  /**
   * {@link holderDuring} for many questions in step, into `holders`; a row of -1 is held by nobody.
   */
  holdersDuring(
    rows: Int32Array,
    moments: { readonly from: Float64Array; readonly to: Float64Array },
    holders: Int32Array,
    { from, count }: StepRange,
  ): void {
    const times = this.#times;
    const slots = this.#stepSlots;
    const lengths = this.#stepLengths;
    for (let longest = this.#beginSteps(rows, count); longest > 1; longest -= longest >>> 1) {
      for (let step = 0; step < count; step += 1) {
        const slot = slots[step] as number;
        const length = lengths[step] as number;
        const half = length >>> 1;
        const begun = (times[(slot + half) * 2] as number) <= (moments.to[from + step] as number);
        slots[step] = slot + Number(begun) * half;
        lengths[step] = length - half;
      }
    }
    this.#readSteps(count);
    for (let step = 0; step < count; step += 1) {
      const moment = moments.from[from + step] as number;
      // Alone at that moment, as nearly always; else it may be one of several, or there is no row.
      const alone =
        lengths[step] === 1 && this.#stepReaches[step] === 0 && (this.#stepStarts[step] as number) <= moment;
      if (!alone)
        holders[from + step] = this.#holderOfStep(rows, step, moment, moments.to[from + step] as number);
      else
        holders[from + step] =
          (this.#stepEnds[step] as number) > moment ? (this.#stepHolders[step] as number) : NO_HOLDER;
    }
  }

  /** Puts every question at its row's first slot; returns the length of the longest row. */
  #beginSteps(rows: Int32Array, count: number): number {
    const headers = this.#headers;
    let longest = 0;
    for (let step = 0; step < count; step += 1) {
      const row = rows[step] as number;
      const header = row * HEADER;
      const known = row >= 0 && row < this.#rows;
      const length = known ? (headers[header + COUNT] as number) : 0;
      this.#stepSlots[step] = known ? (headers[header] as number) : 0;
      this.#stepLengths[step] = length;
      this.#stepReaches[step] = known ? (headers[header + REACH] as number) : 0;
      if (length > longest) longest = length;
    }
    return longest;
  }

  /** What the slots hold: without a branch in between, so that all reads wait together. */
  #readSteps(count: number): void {
    const times = this.#times;
    for (let step = 0; step < count; step += 1) {
      const slot = this.#stepSlots[step] as number;
      this.#stepStarts[step] = times[slot * 2] as number;
      this.#stepEnds[step] = times[slot * 2 + 1] as number;
      this.#stepHolders[step] = this.#holders[slot] as number;
    }
  }

  #holderOfStep(rows: Int32Array, step: number, from: number, to: number): number {
    if (this.#stepLengths[step] === 0) return NO_HOLDER;
    return this.#holderAmong(rows[step] as number, this.#stepSlots[step] as number, from, to);
  }

  /** How many intervals of the row begin at or before `at`. */
  begun(row: number, at: number): number {
    const start = this.#headers[row * HEADER] ?? 0;
    let low = 0;
    let high = this.countOf(row);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[(start + middle) * 2] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Replaces the row. Empty intervals are left out. */
  replace(row: number, intervals: readonly HeldInterval[]): void {
    const kept = intervals.filter((interval) => interval.from < interval.until);
    if (!isSorted(kept)) kept.sort((left, right) => left.from - right.from);
    // A fold knows its row: exact, with a quarter to spare.
    this.#reserve(row, kept.length, kept.length + (kept.length >> 2) + 1);
    const start = this.#headers[row * HEADER] ?? 0;
    for (const [index, interval] of kept.entries()) this.#write(start + index, interval);
    this.#headers[row * HEADER + COUNT] = kept.length;
    this.#measureReach(row);
  }

  /** Puts an interval where its start belongs: at the end, unless it comes late. */
  insert(row: number, interval: HeldInterval): void {
    if (!(interval.from < interval.until)) return;
    const index = row < this.#rows ? this.begun(row, interval.from) : 0;
    const count = row < this.#rows ? this.countOf(row) : 0;
    this.#reserve(row, count + 1, Math.max(2, count * 2));
    const slot = (this.#headers[row * HEADER] ?? 0) + index;
    this.#move(slot, slot + 1, count - index);
    this.#write(slot, interval);
    this.#headers[row * HEADER + COUNT] = count + 1;
    if (index === count) this.#extendReach(row, index);
    else this.#measureReach(row);
  }

  /** Ends an interval where it begins or later; one that would be empty is taken out. */
  end(row: number, index: number, until: number): void {
    const start = this.#headers[row * HEADER] ?? 0;
    const count = this.countOf(row);
    if ((this.#times[(start + index) * 2] ?? 0) < until) {
      this.#times[(start + index) * 2 + 1] = until;
    } else {
      this.#move(start + index + 1, start + index, count - index - 1);
      this.#headers[row * HEADER + COUNT] = count - 1;
    }
    if (this.#headers[row * HEADER + REACH] !== 0) this.#measureReach(row);
  }

  /** Takes out the row's intervals that ended at or before `before`; returns how many. */
  dropBefore(row: number, before: number): number {
    const start = this.#headers[row * HEADER] ?? 0;
    const count = this.countOf(row);
    let kept = 0;
    for (let index = 0; index < count; index += 1) {
      if ((this.#times[(start + index) * 2 + 1] ?? 0) <= before) continue;
      if (kept !== index) this.#move(start + index, start + kept, 1);
      kept += 1;
    }
    this.#headers[row * HEADER + COUNT] = kept;
    if (kept !== count) this.#measureReach(row);
    return count - kept;
  }

  /** `slot` is the last one that begins at or before `to`, or the row's first. */
  #holderIn(row: number, slot: number, from: number, to: number): number {
    const start = this.#times[slot * 2] as number;
    const reach = this.#headers[row * HEADER + REACH] as number;
    if (start > from || reach !== 0) return this.#holderAmong(row, slot, from, to);
    return (this.#times[slot * 2 + 1] as number) > from ? (this.#holders[slot] as number) : NO_HOLDER;
  }

  /** Where several may have held it: all that began in the time, and before it as far as any reaches. */
  #holderAmong(row: number, last: number, from: number, to: number): number {
    const begin = this.#headers[row * HEADER] as number;
    let before = last;
    while (before > begin && (this.#times[before * 2] as number) > from) before -= 1;
    const first = Math.max(begin, before - (this.#headers[row * HEADER + REACH] as number));
    let found = NO_HOLDER;
    for (let slot = last; slot >= first; slot -= 1) {
      if ((this.#times[slot * 2] as number) > to || (this.#times[slot * 2 + 1] as number) <= from) continue;
      const holder = this.#holders[slot] as number;
      if (found === NO_HOLDER) found = holder;
      else if (found !== holder) return AMBIGUOUS;
    }
    return found;
  }

  #write(slot: number, interval: HeldInterval): void {
    this.#times[slot * 2] = interval.from;
    this.#times[slot * 2 + 1] = interval.until;
    this.#holders[slot] = interval.holder;
  }

  #move(from: number, to: number, count: number): void {
    if (count <= 0) return;
    this.#times.copyWithin(to * 2, from * 2, (from + count) * 2);
    this.#holders.copyWithin(to, from, from + count);
  }

  /** One pass: the reach found so far never shrinks, so that no pair is looked at twice. */
  #measureReach(row: number): void {
    const start = this.#headers[row * HEADER] ?? 0;
    const end = start + this.countOf(row);
    let reach = 0;
    for (let slot = start; slot < end; slot += 1) {
      const until = this.#times[slot * 2 + 1] ?? 0;
      while (slot + 1 + reach < end && (this.#times[(slot + 1 + reach) * 2] ?? 0) < until) reach += 1;
    }
    this.#headers[row * HEADER + REACH] = reach;
  }

  /**
   * The same for one more interval at the end: what lasts beyond its start also lasts beyond the
   * start before, so only as far back as the reach was can there be one.
   */
  #extendReach(row: number, index: number): void {
    const start = this.#headers[row * HEADER] ?? 0;
    const reach = this.#headers[row * HEADER + REACH] ?? 0;
    const from = this.#times[(start + index) * 2] ?? 0;
    for (let earlier = Math.max(0, index - 1 - reach); earlier < index; earlier += 1) {
      if ((this.#times[(start + earlier) * 2 + 1] ?? 0) <= from) continue;
      this.#headers[row * HEADER + REACH] = Math.max(reach, index - earlier);
      return;
    }
  }

  /** Room for `needed` intervals in a row, which is made if it is new. */
  #reserve(row: number, needed: number, wanted: number): void {
    if (row >= this.#rows) {
      this.#headers = withRoom(this.#headers, (row + 1) * HEADER);
      this.#rows = row + 1;
    }
    if (needed <= (this.#headers[row * HEADER + CAPACITY] ?? 0)) return;
    if (this.#used + wanted > this.#holders.length) this.#repack(wanted);
    const from = this.#headers[row * HEADER] ?? 0;
    this.#move(from, this.#used, this.countOf(row));
    this.#headers[row * HEADER] = this.#used;
    this.#headers[row * HEADER + CAPACITY] = wanted;
    this.#used += wanted;
  }

  /** Into new arrays, half as long again as the rows need, without what moved rows left behind. */
  #repack(wanted: number): void {
    let needed = wanted;
    for (let row = 0; row < this.#rows; row += 1) needed += this.#headers[row * HEADER + CAPACITY] ?? 0;
    const length = Math.max(1024, needed + (needed >> 1));
    const times = new Float64Array(length * 2);
    const holders = new Int32Array(length);
    let used = 0;
    for (let row = 0; row < this.#rows; row += 1) {
      const start = this.#headers[row * HEADER] ?? 0;
      const end = start + this.countOf(row);
      times.set(this.#times.subarray(start * 2, end * 2), used * 2);
      holders.set(this.#holders.subarray(start, end), used);
      this.#headers[row * HEADER] = used;
      used += this.#headers[row * HEADER + CAPACITY] ?? 0;
    }
    this.#times = times;
    this.#holders = holders;
    this.#used = used;
  }
}

function isSorted(intervals: readonly HeldInterval[]): boolean {
  return intervals.every(
    (interval, index) => index === 0 || (intervals[index - 1]?.from ?? 0) <= interval.from,
  );
}
