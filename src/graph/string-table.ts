import { bytesOf, columnFrom, withRoom } from './columns.ts';

const RECENT_MAX = 1024;
const WORD_BYTES = 4;

/**
 * Strings as small integers, from 0, in the order of their first sight. Text, offsets and hash
 * table are plain arrays, so that a table of a million strings loads as fast as memory is copied;
 * a Map of them takes a second.
 */
export class StringTable {
  #text = new Uint8Array(1024);
  #textUsed = 0;
  /** Where each string begins; one more than there are strings, the last being `#textUsed`. */
  #offsets = new Uint32Array(65);
  #count = 0;
  /** Each string's hash: a table that doubles need not read the strings again. */
  #hashes = new Uint32Array(64);
  /** Open addressing; a slot holds an index plus one, 0 is free. At most half full. */
  #slots = new Uint32Array(128);
  #scratch = Buffer.from(new ArrayBuffer(4096));
  /** The scratch buffer by words; what a text leaves of its last one is zero. */
  #scratchWords = new Uint32Array(this.#scratch.buffer);
  /** Found lately: a few scopes and holders are asked for again and again. */
  readonly #recent = new Map<string, number>();

  get size(): number {
    return this.#count;
  }

  /** The string's integer; a new one when it was not there. */
  intern(value: string): number {
    const length = this.#encode(value);
    const hash = hashOf(this.#scratchWords, length);
    const slot = this.#find(hash, length);
    const found = this.#slots[slot] ?? 0;
    return found === 0 ? this.#add(slot, hash, length) : found - 1;
  }

  /** The string's integer or -1. */
  find(value: string): number {
    const recent = this.#recent.get(value);
    if (recent !== undefined) return recent;
    const length = this.#encode(value);
    const found = this.#slots[this.#find(hashOf(this.#scratchWords, length), length)] ?? 0;
    return found === 0 ? -1 : this.#remember(value, found - 1);
  }

  /** Whether the string with that integer is this one: without looking it up, and without decoding. */
  is(index: number, value: string): boolean {
    const from = this.#offsets[index] ?? 0;
    const length = (this.#offsets[index + 1] ?? 0) - from;
    if (length < value.length) return false;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return this.at(index) === value.toWellFormed();
      if (this.#text[from + i] !== code) return false;
    }
    return length === value.length;
  }

  at(index: number): string {
    const from = this.#offsets[index];
    const until = this.#offsets[index + 1];
    if (from === undefined || until === undefined || index >= this.#count)
      throw new RangeError(`no string ${index}`);
    return Buffer.from(this.#text.buffer, this.#text.byteOffset + from, until - from).toString('utf8');
  }

  /** As it is now, whatever is added later. */
  parts(): readonly Uint8Array[] {
    return [
      bytesOf(this.#text, this.#textUsed),
      bytesOf(this.#offsets, this.#count + 1),
      bytesOf(this.#hashes, this.#count),
      bytesOf(this.#slots, this.#slots.length).slice(),
    ];
  }

  /** How many parts there are. */
  static readonly width = 4;

  static fromParts(parts: readonly Uint8Array[]): StringTable {
    const [text, offsets, hashes, slots] = parts;
    if (text === undefined || offsets === undefined || hashes === undefined || slots === undefined)
      throw new RangeError('a string table has four parts');
    const table = new StringTable();
    table.#text = columnFrom(Uint8Array, text);
    table.#textUsed = text.byteLength;
    table.#offsets = columnFrom(Uint32Array, offsets);
    table.#count = table.#offsets.length - 1;
    table.#hashes = columnFrom(Uint32Array, hashes);
    table.#slots = columnFrom(Uint32Array, slots);
    return table;
  }

  #remember(value: string, index: number): number {
    if (this.#recent.size >= RECENT_MAX) this.#recent.clear();
    this.#recent.set(value, index);
    return index;
  }

  #encode(value: string): number {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    const needed = value.length * 3 + WORD_BYTES;
    if (needed > this.#scratch.length) {
      this.#scratch = Buffer.from(new ArrayBuffer(needed + WORD_BYTES - (needed % WORD_BYTES)));
      this.#scratchWords = new Uint32Array(this.#scratch.buffer);
    }
    const length = this.#scratch.write(value, 0, 'utf8');
    for (let end = length; end < length + WORD_BYTES; end++) this.#scratch[end] = 0;
    return length;
  }

  /** The slot that holds the string in the scratch buffer, or the free one where it belongs. */
  #find(hash: number, length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0 || (this.#hashes[found - 1] === hash && this.#equals(found - 1, length))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(index: number, length: number): boolean {
    const from = this.#offsets[index] ?? 0;
    if ((this.#offsets[index + 1] ?? 0) - from !== length) return false;
    for (let i = 0; i < length; i++) if (this.#text[from + i] !== this.#scratch[i]) return false;
    return true;
  }

  #add(slot: number, hash: number, length: number): number {
    const index = this.#count++;
    this.#text = withRoom(this.#text, this.#textUsed + length);
    this.#scratch.copy(this.#text, this.#textUsed, 0, length);
    this.#textUsed += length;
    this.#offsets = withRoom(this.#offsets, index + 2);
    this.#offsets[index + 1] = this.#textUsed;
    this.#hashes = withRoom(this.#hashes, index + 1);
    this.#hashes[index] = hash;
    this.#slots[slot] = index + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return index;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.#count; index++) {
      let slot = (this.#hashes[index] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** MurmurHash3 of 32 bits, in the machine's byte order; the last word is filled up with zeros. */
function hashOf(words: Uint32Array, length: number): number {
  let hash = 0;
  for (let from = 0, index = 0; from < length; from += WORD_BYTES, index++) {
    let word = Math.imul(words[index] ?? 0, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
