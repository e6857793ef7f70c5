import type { Package, PackageReader } from '#model';
import { withRoom } from '../columns.ts';
import { StringTable } from '../string-table.ts';

/** A package as lists share it: everything but the layer, which is the list's. */
export type PackageEntry = Omit<Package, 'layer'>;

/** Purl, ecosystem, name, version, source's name and version, path, reader: a string's number plus one, or 0. */
const FIELDS = 8;

/**
 * Distinct packages as small integers, in the order of their first sight: 36 bytes each and every
 * string once. Lists say the same things of the same packages again and again: 18 million entries
 * of 60,000 lists are some hundred thousand of these.
 */
export class PackageTable {
  readonly #strings = new StringTable();
  #fields = new Uint32Array(FIELDS * 64);
  #count = 0;
  /** Open addressing; a slot holds a number plus one, 0 is free. At most half full. */
  #slots = new Uint32Array(128);
  readonly #scratch = new Uint32Array(FIELDS);
  /** By purl, as objects: comparing them takes a fifth of looking all their strings up. */
  readonly #recent = new Map<string, { readonly entry: PackageEntry; readonly number: number }>();

  get size(): number {
    return this.#count;
  }

  /** The package's number; as large as the table was before when it was not there. */
  intern(entry: PackageEntry): number {
    const recent = this.#recent.get(entry.purl);
    if (recent !== undefined && isSame(recent.entry, entry)) return recent.number;
    this.#readFields(entry);
    const slot = this.#find();
    const found = this.#slots[slot] ?? 0;
    const number = found === 0 ? this.#add(slot) : found - 1;
    if (this.#recent.size >= RECENT_MAX) this.#recent.clear();
    this.#recent.set(entry.purl, { entry, number });
    return number;
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
    return strings + this.#fields.byteLength + this.#slots.byteLength;
  }

  #text(at: number): string | null {
    const string = this.#fields[at] ?? 0;
    return string === 0 ? null : this.#strings.at(string - 1);
  }

  #readFields(entry: PackageEntry): void {
    const fields = this.#scratch;
    fields[0] = this.#stringOf(entry.purl);
    fields[1] = this.#stringOf(entry.ecosystem);
    fields[2] = this.#stringOf(entry.name);
    fields[3] = this.#stringOf(entry.version);
    fields[4] = this.#stringOf(entry.source?.name ?? null);
    fields[5] = this.#stringOf(entry.source?.version ?? null);
    fields[6] = this.#stringOf(entry.path);
    fields[7] = this.#stringOf(entry.readBy);
  }

  #stringOf(text: string | null): number {
    return text === null ? 0 : this.#strings.intern(text) + 1;
  }

  /** The slot of the package in the scratch fields, or the free one where it belongs. */
  #find(): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.#scratch, 0) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0 || this.#equals((found - 1) * FIELDS)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(at: number): boolean {
    for (let field = 0; field < FIELDS; field++)
      if (this.#fields[at + field] !== this.#scratch[field]) return false;
    return true;
  }

  #add(slot: number): number {
    const number = this.#count++;
    this.#fields = withRoom(this.#fields, this.#count * FIELDS);
    this.#fields.set(this.#scratch, number * FIELDS);
    this.#slots[slot] = number + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = hashOf(this.#fields, number * FIELDS) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** About 40 MB while many lists are read; the packages that everybody has are among them. */
const RECENT_MAX = 100_000;

function isSame(left: PackageEntry, right: PackageEntry): boolean {
  return (
    left.version === right.version &&
    left.path === right.path &&
    left.ecosystem === right.ecosystem &&
    left.name === right.name &&
    left.readBy === right.readBy &&
    left.source?.name === right.source?.name &&
    left.source?.version === right.source?.version
  );
}

function hashOf(fields: Uint32Array, from: number): number {
  let value = 0x811c9dc5;
  for (let field = 0; field < FIELDS; field++) {
    value = Math.imul(value ^ (fields[from + field] ?? 0), 0x9e3779b1);
    value ^= value >>> 15;
  }
  return value >>> 0;
}
