import { type Protocol, formatIpv4, formatIpv6, mappedIpv4, parseIpv4, parseIpv6 } from '#model';

import { bytesOf, columnOf, withRoom } from '../columns.ts';
import { STEP, type StepRange } from './step.ts';

/** What a key stands for. */
export interface AddressKey {
  /** The caller's number for a scope. */
  readonly scope: number;
  readonly ip: string;
  readonly port: number | null;
  readonly protocol: Protocol | null;
}

/** Scope; the IPv4 address or the number of an IPv6 one; port and flags. */
const KEY_WORDS = 3;
/** The key's words, and its number plus one (0: the slot is free): 16 bytes, never across cache lines. */
const SLOT_WORDS = 4;
const HAS_PORT = 1 << 16;
const IS_IPV6 = 1 << 19;
const PROTOCOL_BITS: Readonly<Record<Protocol, number>> = { tcp: 1 << 17, udp: 2 << 17 };

/**
 * Addresses as small dense numbers, in order of their first appearance. Open addressing with linear
 * probing at a load of at most one half; the key lies in its slot, so that a hit is one cache line.
 */
export class KeyTable {
  #slots = new Uint32Array(1024 * SLOT_WORDS);
  #mask = 1023;
  /** Per key, for the way back and for growing. */
  #keys = new Uint32Array(0);
  #count = 0;
  /** Four words per IPv6 address; a key of one holds its number. */
  #ipv6Words = new Uint32Array(0);
  #ipv6Count = 0;
  /** Canonical text → number. */
  readonly #ipv6Numbers = new Map<string, number>();
  readonly #scratch = new Uint32Array(4);
  readonly #stepDifferences = new Int32Array(STEP);

  /** From {@link parts}; null when they don't fit together. */
  static fromParts(keyBytes: Uint8Array, ipv6Bytes: Uint8Array, slotBytes: Uint8Array): KeyTable | null {
    const keys = columnOf(Uint32Array, keyBytes, KEY_WORDS);
    const ipv6Words = columnOf(Uint32Array, ipv6Bytes, 4);
    const count = keyBytes.byteLength / (4 * KEY_WORDS);
    const capacity = slotBytes.byteLength / (4 * SLOT_WORDS);
    if (keys === null || ipv6Words === null || !isPowerOfTwo(capacity) || capacity < count * 2) return null;
    const table = new KeyTable();
    table.#slots = new Uint32Array(capacity * SLOT_WORDS);
    new Uint8Array(table.#slots.buffer).set(slotBytes);
    table.#mask = capacity - 1;
    table.#keys = keys;
    table.#count = count;
    table.#ipv6Words = ipv6Words;
    table.#ipv6Count = ipv6Bytes.byteLength / 16;
    for (let number = 0; number < table.#ipv6Count; number += 1) {
      table.#ipv6Numbers.set(formatIpv6(ipv6Words, number * 4), number);
    }
    return table;
  }

  /** As it is now, whatever is added later: only slots are ever written again. */
  parts(): Uint8Array[] {
    return [
      bytesOf(this.#keys, this.#count * KEY_WORDS),
      bytesOf(this.#ipv6Words, this.#ipv6Count * 4),
      bytesOf(this.#slots, this.#slots.length).slice(),
    ];
  }

  get size(): number {
    return this.#count;
  }

  /** -1 when absent. */
  find4(scope: number, ipv4: number, flags: number): number {
    return (this.#slots[this.#slotOf(scope, ipv4 >>> 0, flags) + 3] ?? 0) - 1;
  }

  /**
   * {@link find4} without flags for many, into the first of `keys`. All slots are read before anything
   * is decided by what they hold: a branch that is predicted wrongly throws away the reads that were
   * begun after it, and they no longer wait together.
   */
  findEach4(scope: number, ipv4: Uint32Array, keys: Int32Array, { from, count }: StepRange): void {
    const slots = this.#slots;
    const differences = this.#stepDifferences;
    for (let step = 0; step < count; step += 1) {
      const word = ipv4[from + step] as number; // `as` here and below: the range lies in the arrays
      const slot = (hashOf(scope, word, 0) & this.#mask) * SLOT_WORDS;
      differences[step] =
        ((slots[slot] as number) ^ scope) |
        ((slots[slot + 1] as number) ^ word) |
        (slots[slot + 2] as number);
      keys[step] = (slots[slot + 3] as number) - 1;
    }
    for (let step = 0; step < count; step += 1) {
      if (differences[step] !== 0) keys[step] = this.find4(scope, ipv4[from + step] as number, 0);
    }
  }

  /** -1 when absent, or when `ip` is no address. */
  find(scope: number, ip: string, port?: number | null, protocol?: Protocol | null): number {
    const flags = flagsOf(port, protocol);
    const ipv4 = this.#ipv4Of(ip);
    if (ipv4 >= 0) return this.find4(scope, ipv4, flags);
    if (ipv4 === NO_ADDRESS) return -1;
    const number = this.#ipv6Numbers.get(formatIpv6(this.#scratch));
    return number === undefined ? -1 : this.find4(scope, number, flags | IS_IPV6);
  }

  /** The key's number, given to it now where it is new; -1 when `ip` is no address. */
  intern(scope: number, ip: string, port?: number | null, protocol?: Protocol | null): number {
    const flags = flagsOf(port, protocol);
    const ipv4 = this.#ipv4Of(ip);
    if (ipv4 === NO_ADDRESS) return -1;
    return ipv4 >= 0
      ? this.intern4(scope, ipv4, flags)
      : this.intern4(scope, this.#internIpv6(), flags | IS_IPV6);
  }

  intern4(scope: number, word: number, flags: number): number {
    const slot = this.#slotOf(scope, word >>> 0, flags);
    const known = this.#slots[slot + 3] ?? 0;
    if (known !== 0) return known - 1;
    const key = this.#count;
    this.#keys = withRoom(this.#keys, (key + 1) * KEY_WORDS);
    this.#keys.set([scope, word, flags], key * KEY_WORDS);
    this.#slots.set([scope, word, flags, key + 1], slot);
    this.#count += 1;
    if (this.#count * 2 > this.#mask + 1) this.#rehash();
    return key;
  }

  describe(key: number): AddressKey {
    const base = key * KEY_WORDS;
    const word = this.#keys[base + 1] ?? 0;
    const flags = this.#keys[base + 2] ?? 0;
    return {
      scope: this.#keys[base] ?? 0,
      ip: (flags & IS_IPV6) === 0 ? formatIpv4(word) : formatIpv6(this.#ipv6Words, word * 4),
      port: (flags & HAS_PORT) === 0 ? null : flags & 0xffff,
      protocol: protocolOf(flags),
    };
  }

  /** The number of an IPv4 address (mapped into IPv6 too), {@link TRUE_IPV6} or {@link NO_ADDRESS}. */
  #ipv4Of(ip: string): number {
    const ipv4 = parseIpv4(ip);
    if (ipv4 >= 0) return ipv4;
    if (!parseIpv6(ip, this.#scratch)) return NO_ADDRESS;
    const mapped = mappedIpv4(this.#scratch);
    return mapped >= 0 ? mapped : TRUE_IPV6;
  }

  #internIpv6(): number {
    const text = formatIpv6(this.#scratch);
    const known = this.#ipv6Numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#ipv6Count;
    this.#ipv6Words = withRoom(this.#ipv6Words, (number + 1) * 4);
    this.#ipv6Words.set(this.#scratch, number * 4);
    this.#ipv6Numbers.set(text, number);
    this.#ipv6Count += 1;
    return number;
  }

  /** Where the key is, or the free slot where it would be. */
  #slotOf(scope: number, word: number, flags: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let index = hashOf(scope, word, flags) & mask;
    for (;;) {
      const slot = index * SLOT_WORDS;
      if (slots[slot + 3] === 0) return slot;
      if (slots[slot + 1] === word && slots[slot] === scope && slots[slot + 2] === flags) return slot;
      index = (index + 1) & mask;
    }
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length / SLOT_WORDS - 1;
    for (let key = 0; key < this.#count; key += 1) {
      const [scope = 0, word = 0, flags = 0] = this.#keys.subarray(key * KEY_WORDS, key * KEY_WORDS + 3);
      this.#slots.set([scope, word, flags, key + 1], this.#slotOf(scope, word, flags));
    }
  }
}

const TRUE_IPV6 = -1;
const NO_ADDRESS = -2;

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}

function flagsOf(port?: number | null, protocol?: Protocol | null): number {
  return (
    (port === undefined || port === null ? 0 : HAS_PORT | (port & 0xffff)) |
    (protocol === undefined || protocol === null ? 0 : PROTOCOL_BITS[protocol])
  );
}

function protocolOf(flags: number): Protocol | null {
  if ((flags & PROTOCOL_BITS.tcp) !== 0) return 'tcp';
  return (flags & PROTOCOL_BITS.udp) === 0 ? null : 'udp';
}

/** Mixes so that neighbours in a subnet, and the same address in neighbouring scopes, spread. */
function hashOf(scope: number, word: number, flags: number): number {
  let hash = Math.imul(word ^ Math.imul(scope, 0x9e3779b1) ^ Math.imul(flags, 0x27d4eb2f), 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}
