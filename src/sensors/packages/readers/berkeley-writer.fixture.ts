/** Pages as small as the format allows, so that two headers already make chains. */
const PAGE_BYTES = 512;
const HEAD_BYTES = 26;
const NO_PAGE = 0;

export interface BerkeleyItem {
  readonly key: number;
  readonly value: Buffer;
}

export interface BerkeleyOptions {
  readonly bigEndian?: boolean;
}

/**
 * A hash database of one bucket for each item, as Berkeley DB lays it out (dbinc/db_page.h): values of
 * more than a quarter of a page in chains of overflow pages.
 */
export function writeBerkeley(items: readonly BerkeleyItem[], options: BerkeleyOptions = {}): Buffer {
  const writer = new Writer(options.bigEndian === true);
  const groups = Math.ceil(Math.log2(Math.max(items.length, 1))) + 1;
  const first = 1;
  for (let page = 0; page < items.length; page += 1) writer.add(13);
  for (const [bucket, { key, value }] of items.entries()) writer.fill(first + bucket, key, value);
  const meta = writer.page(0);
  writer.number(meta, 12, 0x06_1561);
  writer.number(meta, 16, 9);
  writer.number(meta, 20, PAGE_BYTES);
  meta[25] = 8;
  writer.number(meta, 72, items.length - 1);
  // Every group follows the one before without a gap.
  for (let group = 0; group < groups; group += 1) writer.number(meta, 96 + group * 4, first);
  return writer.bytes();
}

class Writer {
  readonly #isBigEndian: boolean;
  readonly #pages: Buffer[] = [Buffer.alloc(PAGE_BYTES)];

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  page(index: number): Buffer {
    return this.#pages[index] ?? Buffer.alloc(PAGE_BYTES);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pages);
  }

  add(type: number): number {
    const page = Buffer.alloc(PAGE_BYTES);
    page[25] = type;
    this.number(page, 8, this.#pages.length);
    return this.#pages.push(page) - 1;
  }

  fill(index: number, key: number, value: Buffer): void {
    const name = Buffer.alloc(5);
    name[0] = 1;
    this.number(name, 1, key);
    const item = value.length > PAGE_BYTES / 4 ? this.#offPage(value) : Buffer.from([1, ...value]);
    const page = this.page(index);
    page.set(name, PAGE_BYTES - name.length);
    page.set(item, PAGE_BYTES - name.length - item.length);
    this.half(page, 20, 2);
    this.half(page, HEAD_BYTES, PAGE_BYTES - name.length);
    this.half(page, HEAD_BYTES + 2, PAGE_BYTES - name.length - item.length);
  }

  #offPage(value: Buffer): Buffer {
    const item = Buffer.alloc(12);
    item[0] = 3;
    this.number(item, 8, value.length);
    const room = PAGE_BYTES - HEAD_BYTES;
    let before = NO_PAGE;
    for (let at = 0; at < value.length; at += room) {
      const part = value.subarray(at, at + room);
      const index = this.add(7);
      this.page(index).set(part, HEAD_BYTES);
      this.half(this.page(index), 22, part.length);
      if (before === NO_PAGE) this.number(item, 4, index);
      else this.number(this.page(before), 16, index);
      before = index;
    }
    return item;
  }

  number(page: Buffer, at: number, value: number): void {
    if (this.#isBigEndian) page.writeUInt32BE(value, at);
    else page.writeUInt32LE(value, at);
  }

  half(page: Buffer, at: number, value: number): void {
    if (this.#isBigEndian) page.writeUInt16BE(value, at);
    else page.writeUInt16LE(value, at);
  }
}
