import { SensorError } from '../../sensor-error.ts';

const META_BYTES_MIN = 512;
const HASH_MAGIC = 0x06_1561;
/** 9 since Berkeley DB 4.2 (2003); 8 differs in what rpm does not use. */
const VERSIONS: ReadonlySet<number> = new Set([8, 9]);
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;

/** Where things are on the first page, and on every other. */
const META = { magic: 12, version: 16, pageBytes: 20, cipher: 24, type: 25, flags: 26 } as const;
const HASH = { maxBucket: 72, spares: 96, sparesCount: 32 } as const;
const PAGE = { next: 16, entries: 20, dataEnd: 22, type: 25, start: 26 } as const;
const TYPE = { none: 0, hashUnsorted: 2, overflow: 7, meta: 8, hash: 13 } as const;
const ITEM = { inline: 1, offPage: 3 } as const;
const OFF_PAGE_BYTES = 12;

/**
 * The headers in a Berkeley hash database (Berkeley DB, dbinc/db_page.h), as rpm kept it until 4.16:
 * every bucket is a chain of pages of keys and values, and what is longer than a quarter of a page lies
 * in a chain of pages of its own. The value of key 0 is rpm's count of packages, not a package. What
 * can't be read is a text that says so.
 */
export function* berkeleyBlobs(bytes: Buffer): Generator<Buffer | string> {
  try {
    const database = new BerkeleyHash(bytes);
    for (const [key, value] of database.items()) if (!isCount(key)) yield value;
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    yield error.message;
  }
}

function torn(problem: string): SensorError {
  return new SensorError('invalid-input', problem);
}

function isCount(key: Buffer): boolean {
  return key.length === 4 && key.readUInt32LE(0) === 0;
}

class BerkeleyHash {
  readonly #bytes: Buffer;
  readonly #isBigEndian: boolean;
  readonly #pageBytes: number;
  /** No page is of two chains: one that comes again would be a loop, or a small file that reads as a large one. */
  readonly #seen: Uint8Array;

  constructor(bytes: Buffer) {
    if (bytes.length < META_BYTES_MIN) throw torn('is no Berkeley database');
    this.#bytes = bytes;
    // Numbers are in the order of the machine that wrote them.
    this.#isBigEndian = bytes.readUInt32BE(META.magic) === HASH_MAGIC;
    const isHash = this.#number(META.magic) === HASH_MAGIC && bytes[META.type] === TYPE.meta;
    if (!isHash) throw torn('is no Berkeley hash database');
    const version = this.#number(META.version);
    if (!VERSIONS.has(version)) throw torn(`is a Berkeley database of version ${version}, not 9`);
    // Encryption and sums make pages begin otherwise; rpm uses neither.
    if (bytes[META.cipher] !== 0 || bytes[META.flags] !== 0)
      throw torn('is a Berkeley database with encryption, sums or parts, which rpm does not write');
    this.#pageBytes = this.#number(META.pageBytes);
    const isSize = this.#pageBytes >= PAGE_BYTES_MIN && this.#pageBytes <= PAGE_BYTES_MAX;
    if (!isSize || (this.#pageBytes & (this.#pageBytes - 1)) !== 0)
      throw torn(`the database is torn: its pages can't have ${this.#pageBytes} bytes`);
    this.#seen = new Uint8Array(Math.floor(bytes.length / this.#pageBytes));
    this.#seen[0] = 1;
  }

  *items(): Generator<readonly [key: Buffer, value: Buffer]> {
    const buckets = this.#number(HASH.maxBucket) + 1;
    if (buckets > this.#seen.length) throw torn('the database is torn: it has more buckets than pages');
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      let page = this.#firstPage(bucket);
      do {
        const at = this.#open(page);
        yield* this.#itemsOn(at);
        page = this.#number(at + PAGE.next);
      } while (page !== 0);
    }
  }

  /** Buckets are added in groups, each as many as there are already; a group's pages lie together. */
  #firstPage(bucket: number): number {
    const group = bucket === 0 ? 0 : 32 - Math.clz32(bucket);
    if (group >= HASH.sparesCount) throw torn('the database is torn: it has too many buckets');
    return bucket + this.#number(HASH.spares + group * 4);
  }

  *#itemsOn(at: number): Generator<readonly [key: Buffer, value: Buffer]> {
    const type = this.#bytes[at + PAGE.type];
    // Made with its group, and never used.
    if (type === TYPE.none) return;
    if (type !== TYPE.hash && type !== TYPE.hashUnsorted)
      throw torn('the database is torn: a page of a bucket is of another kind');
    const entries = this.#half(at + PAGE.entries);
    const places = PAGE.start + entries * 2;
    if (entries % 2 !== 0 || places > this.#pageBytes)
      throw torn('the database is torn: a page tells more than it holds');
    let end = this.#pageBytes;
    const next = (index: number): Buffer => {
      const start = this.#half(at + PAGE.start + index * 2);
      if (start < places || start >= end) throw torn('the database is torn: an entry lies outside of it');
      const item = this.#bytes.subarray(at + start, at + end);
      end = start;
      return this.#valueOf(item);
    };
    for (let index = 0; index < entries; index += 2) yield [next(index), next(index + 1)];
  }

  #valueOf(item: Buffer): Buffer {
    if (item[0] === ITEM.inline) return item.subarray(1);
    if (item[0] !== ITEM.offPage || item.length !== OFF_PAGE_BYTES)
      throw torn('the database is torn: an entry is of no kind that rpm writes');
    const at = item.byteOffset - this.#bytes.byteOffset;
    return this.#overflow(this.#number(at + 4), this.#number(at + 8));
  }

  #overflow(first: number, length: number): Buffer {
    const parts: Buffer[] = [];
    let left = length;
    for (let page = first; left > 0;) {
      const at = this.#open(page);
      const size = this.#half(at + PAGE.dataEnd);
      const isSound = this.#bytes[at + PAGE.type] === TYPE.overflow && size > 0 && size <= left;
      if (!isSound || PAGE.start + size > this.#pageBytes) throw torn('a package in it is torn');
      parts.push(this.#bytes.subarray(at + PAGE.start, at + PAGE.start + size));
      left -= size;
      page = this.#number(at + PAGE.next);
    }
    return Buffer.concat(parts);
  }

  /** Where a page begins. */
  #open(page: number): number {
    if (page >= this.#seen.length) throw torn('the database is torn: a page lies past its end');
    if (this.#seen[page] === 1) throw torn('the database is torn: a page is of two chains');
    this.#seen[page] = 1;
    return page * this.#pageBytes;
  }

  #number(at: number): number {
    return this.#isBigEndian ? this.#bytes.readUInt32BE(at) : this.#bytes.readUInt32LE(at);
  }

  #half(at: number): number {
    return this.#isBigEndian ? this.#bytes.readUInt16BE(at) : this.#bytes.readUInt16LE(at);
  }
}
