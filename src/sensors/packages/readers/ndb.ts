const HEADER_MAGIC = 'RpmP';
const SLOT_MAGIC = 'Slot';
const BLOB_MAGIC = 'BlbS';
const PAGE_BYTES = 4096;
const SLOT_BYTES = 16;
const BLOCK_BYTES = 16;
/** The file's head takes the place of the first two slots. */
const FIRST_SLOT = 2;
/** 256 slots a page: room for more packages than any distribution has. */
const PAGES_MAX = 4096;

/**
 * The headers in rpm's `ndb` database (rpm, lib/backend/ndb/rpmpkg.c): pages of slots that tell each
 * package's blocks. What can't be read is a text that says so.
 */
export function* ndbBlobs(bytes: Buffer): Generator<Buffer | string> {
  if (bytes.length < PAGE_BYTES || bytes.toString('latin1', 0, 4) !== HEADER_MAGIC) {
    yield 'is no ndb database';
    return;
  }
  const pages = bytes.readUInt32LE(12);
  if (pages > PAGES_MAX || pages * PAGE_BYTES > bytes.length) {
    yield 'the database is torn: its slots go past its end';
    return;
  }
  const slots = (pages * PAGE_BYTES) / SLOT_BYTES;
  for (let slot = FIRST_SLOT; slot < slots; slot += 1) {
    const at = slot * SLOT_BYTES;
    if (bytes.toString('latin1', at, at + 4) !== SLOT_MAGIC) {
      yield 'the database is torn: a slot has no mark';
      return;
    }
    const block = bytes.readUInt32LE(at + 8);
    if (block !== 0) yield blobAt(bytes, block * BLOCK_BYTES, bytes.readUInt32LE(at + 4));
  }
}

function blobAt(bytes: Buffer, at: number, index: number): Buffer | string {
  const start = at + BLOCK_BYTES;
  if (start > bytes.length) return 'a package in it lies past its end';
  const length = bytes.readUInt32LE(at + 12);
  const isOwn = bytes.toString('latin1', at, at + 4) === BLOB_MAGIC && bytes.readUInt32LE(at + 4) === index;
  if (!isOwn || start + length > bytes.length) return 'a package in it is torn';
  return bytes.subarray(start, start + length);
}
