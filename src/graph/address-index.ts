import type { Protocol } from '#model';

import { AMBIGUOUS, type HeldInterval, IntervalArena, NO_HOLDER } from './address-index/interval-arena.ts';
import { type AddressKey, KeyTable } from './address-index/key-table.ts';
import { STEP } from './address-index/step.ts';

export { AMBIGUOUS, NO_HOLDER };
export type { AddressKey, HeldInterval };

/** Bumped when the parts change; read back in the machine's byte order, so that a foreign one differs. */
const FORMAT = 0x5e71_0001;

/** Side by side: who held this IPv4 address at some moment of `from` to `to`, both included? */
export interface Questions4 {
  readonly ipv4: Uint32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/**
 * Who held which address when: (scope, IP, port?) → half-open intervals in milliseconds, each with a
 * holder. Scopes and holders are small non-negative integers of the caller's; keys are dense
 * integers from 0, given by {@link intern} and never taken back.
 *
 * A million intervals over 65,536 addresses take about 30 MB; a lookup takes about 100 ns, because
 * it is one hash slot and one short binary search.
 */
export class AddressIndex {
  readonly #keys: KeyTable;
  readonly #intervals: IntervalArena;
  readonly #stepKeys = new Int32Array(STEP);

  constructor(keys: KeyTable = new KeyTable(), intervals: IntervalArena = new IntervalArena()) {
    this.#keys = keys;
    this.#intervals = intervals;
  }

  /** From {@link parts}, at the speed of copying memory; null when they are none of this version. */
  static fromParts(parts: readonly Uint8Array[]): AddressIndex | null {
    const [format, keys, ipv6, slots, headers, times, holders] = parts;
    if (format === undefined || keys === undefined || ipv6 === undefined || slots === undefined) return null;
    if (headers === undefined || times === undefined || holders === undefined) return null;
    if (format.byteLength !== 4 || new Uint32Array(format.slice().buffer)[0] !== FORMAT) return null;
    const table = KeyTable.fromParts(keys, ipv6, slots);
    const arena = IntervalArena.fromParts(headers, times, holders);
    return table === null || arena === null ? null : new AddressIndex(table, arena);
  }

  /**
   * For a snapshot: as it is now, whatever changes later; read only, as parts of it are the memory
   * itself. In the machine's byte order.
   */
  parts(): Uint8Array[] {
    return [new Uint8Array(Uint32Array.of(FORMAT).buffer), ...this.#keys.parts(), ...this.#intervals.parts()];
  }

  /** How many keys there are, with or without intervals. */
  get size(): number {
    return this.#keys.size;
  }

  /** How many intervals there are, over all keys; counted, so not for a hot path. */
  intervalCount(): number {
    return this.#intervals.count();
  }

  /** -1 when it was never interned, or when `ip` is no address. */
  keyOf(scope: number, ip: string, port?: number | null, protocol?: Protocol | null): number {
    return this.#keys.find(scope, ip, port, protocol);
  }

  /** The whole IPv4 address as an unsigned number; -1 when it was never interned. */
  keyOf4(scope: number, ipv4: number): number {
    return this.#keys.find4(scope, ipv4, 0);
  }

  /** Gives it a key when it has none. IPv4 mapped into IPv6 is IPv4. -1 when `ip` is no address. */
  intern(scope: number, ip: string, port?: number | null, protocol?: Protocol | null): number {
    return this.#keys.intern(scope, ip, port, protocol);
  }

  intern4(scope: number, ipv4: number): number {
    return this.#keys.intern4(scope, ipv4, 0);
  }

  /** What a key stands for; the address in canonical text. */
  describe(key: number): AddressKey {
    return this.#keys.describe(key);
  }

  /** Replaces all of the key's intervals. Order does not matter; empty ones are left out. */
  set(key: number, intervals: readonly HeldInterval[]): void {
    this.#intervals.replace(key, intervals);
  }

  /** From now on until it is closed. Others that are open stay so. */
  open(key: number, from: number, holder: number): void {
    this.#intervals.insert(key, { from, until: Number.POSITIVE_INFINITY, holder });
  }

  /** Ends the holder's latest open interval; says whether there was one. */
  close(key: number, holder: number, until: number): boolean {
    for (let index = this.#countOf(key) - 1; index >= 0; index -= 1) {
      const interval = this.#intervals.interval(key, index);
      if (interval.until !== Number.POSITIVE_INFINITY || interval.holder !== holder) continue;
      this.#intervals.end(key, index, until);
      return true;
    }
    return false;
  }

  /**
   * Who held the key at that moment: a holder, {@link NO_HOLDER}, or {@link AMBIGUOUS} when two
   * different ones did. Allocates nothing; a key of -1 is held by nobody.
   */
  at(key: number, at: number): number {
    return this.during(key, at, at);
  }

  /**
   * {@link at} for a moment that is only known to lie in `from` to `to`, both included: the one who
   * held it then, if only for a part; {@link AMBIGUOUS} when several did.
   */
  during(key: number, from: number, to: number): number {
    return key >= 0 && key < this.#intervals.rows ? this.#intervals.holderDuring(key, from, to) : NO_HOLDER;
  }

  /**
   * {@link during} for the first `count` questions in one scope, into `holders`. Faster than one by
   * one, because many are looked for at the same time.
   */
  duringEach4(scope: number, questions: Questions4, holders: Int32Array, count: number): void {
    const keys = this.#stepKeys;
    for (let from = 0; from < count; from += STEP) {
      const range = { from, count: Math.min(STEP, count - from) };
      this.#keys.findEach4(scope, questions.ipv4, keys, range);
      this.#intervals.holdersDuring(keys, questions, holders, range);
    }
  }

  /** All different holders at that moment, in order of their start. */
  allAt(key: number, at: number): number[] {
    const holders = this.intervals(key)
      .filter((interval) => interval.from <= at && at < interval.until)
      .map((interval) => interval.holder);
    return [...new Set(holders)];
  }

  /** Of the intervals that ended at or before `at`, the one that ended last. */
  lastBefore(key: number, at: number): HeldInterval | null {
    let last: HeldInterval | null = null;
    for (const interval of this.intervals(key)) {
      if (interval.until <= at && (last === null || interval.until >= last.until)) last = interval;
    }
    return last;
  }

  firstAfter(key: number, at: number): HeldInterval | null {
    return this.after(key, at, 1)[0] ?? null;
  }

  /** Intervals that began later than `at`, in order. */
  after(key: number, at: number, limit: number): HeldInterval[] {
    const found: HeldInterval[] = [];
    const count = this.#countOf(key);
    for (
      let index = count === 0 ? 0 : this.#intervals.begun(key, at);
      index < count && found.length < limit;
      index += 1
    ) {
      found.push(this.#intervals.interval(key, index));
    }
    return found;
  }

  /** In order of their start. */
  intervals(key: number): HeldInterval[] {
    return Array.from({ length: this.#countOf(key) }, (_, index) => this.#intervals.interval(key, index));
  }

  /** Takes out what ended at or before `before`; returns how many. The keys stay. */
  dropBefore(before: number): number {
    let dropped = 0;
    for (let key = 0; key < this.#intervals.rows; key += 1)
      dropped += this.#intervals.dropBefore(key, before);
    return dropped;
  }

  #countOf(key: number): number {
    return key >= 0 && key < this.#intervals.rows ? this.#intervals.countOf(key) : 0;
  }
}
