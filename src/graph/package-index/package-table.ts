import type { Package, PackageReader } from '#model';
import { bytesOf, columnFrom, withRoom } from '../columns.ts';
import { StringTable } from '../string-table.ts';

/** A package as lists share it: everything but the layer, which is the list's. */
export type PackageEntry = Omit<Package, 'layer'>;

/** Purl, ecosystem, name, version, source's name and version, path, reader: a string's number plus one, or 0. */
const FIELDS = 8;

/**
 * Distinct packages as small integers, in the order of their first sight: 44 bytes each and every
 * string once. Lists say the same things of the same packages again and again: 18 million entries
 * of 60,000 lists are some hundred thousand of these.
 */
export class PackageTable {
  #strings = new StringTable();
  #fields = new Uint32Array(FIELDS * 64);
  /** Of each package, by its purl and path: what tells nearly all of them apart. */
  #hashes = new Uint32Array(64);
  #count = 0;
  /** Open addressing; a slot holds a number plus one, 0 is free. At most half full. */
  #slots = new Uint32Array(128);
  /** Of the last path, because a distribution's packages all have the same one. */
  #lastPath: { readonly path: string | null; readonly hash: number } = { path: null, hash: 0 };

  get size(): number {
    return this.#count;
  }

  /** The package's number; as large as the table was before when it was not there. */
  intern(entry: PackageEntry): number {
    if (entry.path !== this.#lastPath.path)
      this.#lastPath = { path: entry.path, hash: entry.path === null ? 0 : hashOf(entry.path, 1) };
    const hash = hashOf(entry.purl, this.#lastPath.hash);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0) return this.#add(slot, hash, entry);
      if (this.#hashes[found - 1] === hash && this.#is(found - 1, entry)) return found - 1;
      slot = (slot + 1) & mask;
    }
  }

  at(number: number): PackageEntry {
    const at = number * FIELDS;
    const sourceName = this.#text(at + 4);
    return {
      purl: this.#text(at) ?? '',
      ecosystem: this.#text(at + 1),
      name: this.#text(at + 2) ?? '',
      version: this.#text(at + 3) ?? '',
      source: sourceName === null ? null : { name: sourceName, version: this.#text(at + 5) ?? '' },
      path: this.#text(at + 6),
      // Written from a reader's name by `#readFields`.
      readBy: (this.#text(at + 7) ?? '') as PackageReader,
    };
  }

  /** Its own version, or that of its source package. */
  versionAt(number: number, ofSource: boolean): string {
    return this.#text(number * FIELDS + (ofSource ? 5 : 3)) ?? '';
  }

  get bytes(): number {
    const strings = this.#strings.parts().reduce((sum, part) => sum + part.byteLength, 0);
    return strings + this.#fields.byteLength + this.#hashes.byteLength + this.#slots.byteLength;
  }

  /** As it is now, whatever is added later. */
  parts(): readonly Uint8Array[] {
    return [
      ...this.#strings.parts(),
      bytesOf(this.#fields, this.#count * FIELDS),
      bytesOf(this.#hashes, this.#count),
      bytesOf(this.#slots, this.#slots.length).slice(),
    ];
  }

  /** How many parts there are. */
  static readonly width = StringTable.width + 3;

  static fromParts(parts: readonly Uint8Array[]): PackageTable {
    const [fields, hashes, slots] = parts.slice(StringTable.width);
    if (fields === undefined || hashes === undefined || slots === undefined)
      throw new RangeError(`a package table has ${PackageTable.width} parts`);
    const table = new PackageTable();
    table.#strings = StringTable.fromParts(parts.slice(0, StringTable.width));
    table.#fields = columnFrom(Uint32Array, fields);
    table.#hashes = columnFrom(Uint32Array, hashes);
    table.#count = table.#hashes.length;
    table.#slots = columnFrom(Uint32Array, slots);
    return table;
  }

  #text(at: number): string | null {
    const string = this.#fields[at] ?? 0;
    return string === 0 ? null : this.#strings.at(string - 1);
  }

  #is(number: number, { purl, ecosystem, name, version, source, path, readBy }: PackageEntry): boolean {
    const at = number * FIELDS;
    return (
      this.#isText(at, purl) &&
      this.#isText(at + 1, ecosystem) &&
      this.#isText(at + 2, name) &&
      this.#isText(at + 3, version) &&
      this.#isText(at + 4, source?.name ?? null) &&
      this.#isText(at + 5, source?.version ?? null) &&
      this.#isText(at + 6, path) &&
      this.#isText(at + 7, readBy)
    );
  }

  #isText(at: number, text: string | null): boolean {
    const string = this.#fields[at] ?? 0;
    return text === null ? string === 0 : string !== 0 && this.#strings.is(string - 1, text);
  }

  #add(slot: number, hash: number, entry: PackageEntry): number {
    const number = this.#count++;
    const at = number * FIELDS;
    this.#fields = withRoom(this.#fields, at + FIELDS);
    this.#hashes = withRoom(this.#hashes, this.#count);
    this.#hashes[number] = hash;
    this.#fields[at] = this.#stringOf(entry.purl);
    this.#fields[at + 1] = this.#stringOf(entry.ecosystem);
    this.#fields[at + 2] = this.#stringOf(entry.name);
    this.#fields[at + 3] = this.#stringOf(entry.version);
    this.#fields[at + 4] = this.#stringOf(entry.source?.name ?? null);
    this.#fields[at + 5] = this.#stringOf(entry.source?.version ?? null);
    this.#fields[at + 6] = this.#stringOf(entry.path);
    this.#fields[at + 7] = this.#stringOf(entry.readBy);
    this.#slots[slot] = number + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  #stringOf(text: string | null): number {
    return text === null ? 0 : this.#strings.intern(text) + 1;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** FNV-1a over UTF-16 units, with a final mix because the table masks the low bits. */
function hashOf(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
