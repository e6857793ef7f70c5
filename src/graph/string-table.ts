import { bytesOf, columnFrom, withRoom } from './columns.ts';

const RECENT_MAX = 1024;

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
  /** Open addressing; a slot holds an index plus one, 0 is free. At most half full. */
  #slots = new Uint32Array(128);
  #scratch = Buffer.allocUnsafe(4096);
  /** Found lately: a few scopes and holders are asked for again and again. */
  readonly #recent = new Map<string, number>();

  get size(): number {
    return this.#count;
  }

  /** The string's integer; a new one when it was not there. */
  intern(value: string): number {
    const length = this.#encode(value);
    const slot = this.#find(length);
    const found = this.#slots[slot] ?? 0;
    return found === 0 ? this.#add(slot, length) : found - 1;
  }

  /** The string's integer or -1. */
  find(value: string): number {
    const recent = this.#recent.get(value);
    if (recent !== undefined) return recent;
    const found = this.#slots[this.#find(this.#encode(value))] ?? 0;
    return found === 0 ? -1 : this.#remember(value, found - 1);
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
      bytesOf(this.#slots, this.#slots.length).slice(),
    ];
  }

  static fromParts(parts: readonly Uint8Array[]): StringTable {
    const [text, offsets, slots] = parts;
    if (text === undefined || offsets === undefined || slots === undefined)
      throw new RangeError('a string table has three parts');
    const table = new StringTable();
    table.#text = columnFrom(Uint8Array, text);
    table.#textUsed = text.byteLength;
    table.#offsets = columnFrom(Uint32Array, offsets);
    table.#count = table.#offsets.length - 1;
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
    if (value.length * 3 > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(value.length * 3);
    return this.#scratch.write(value, 0, 'utf8');
  }

  /** The slot that holds the string in the scratch buffer, or the free one where it belongs. */
  #find(length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(this.#scratch, length) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0 || this.#equals(found - 1, length)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(index: number, length: number): boolean {
    const from = this.#offsets[index] ?? 0;
    if ((this.#offsets[index + 1] ?? 0) - from !== length) return false;
    for (let i = 0; i < length; i++) if (this.#text[from + i] !== this.#scratch[i]) return false;
    return true;
  }

  #add(slot: number, length: number): number {
    const index = this.#count++;
    this.#text = withRoom(this.#text, this.#textUsed + length);
    this.#scratch.copy(this.#text, this.#textUsed, 0, length);
    this.#textUsed += length;
    this.#offsets = withRoom(this.#offsets, index + 2);
    this.#offsets[index + 1] = this.#textUsed;
    this.#slots[slot] = index + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return index;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.#count; index++) {
      const from = this.#offsets[index] ?? 0;
      const text = this.#text.subarray(from, this.#offsets[index + 1]);
      let slot = hash(text, text.length) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** FNV-1a, with a final mix because the table masks the low bits. */
function hash(bytes: Uint8Array, length: number): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < length; i++) value = Math.imul(value ^ (bytes[i] ?? 0), 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
