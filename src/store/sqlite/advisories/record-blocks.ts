import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { StoreError } from '../../store-error.ts';

/**
 * Raw records lie together in blocks, compressed as one: records resemble each other, and 64 take 420
 * bytes each where one alone takes 900. Number of records, the length of each (32 bits, little-endian),
 * then the records.
 */
export function packBlock(records: readonly Uint8Array[]): Uint8Array {
  const head = new Uint32Array(1 + records.length);
  head[0] = records.length;
  for (const [index, record] of records.entries()) head[index + 1] = record.length;
  return zstdCompressSync(Buffer.concat([new Uint8Array(head.buffer), ...records]), {
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_windowLog]: WINDOW_LOG,
    },
  });
}

/** With a window of the size of a block (128 kB) 5.8 µs a record; level 3 takes 8.4 µs, for 3 % less. */
const LEVEL = 1;
const WINDOW_LOG = 17;

export const BLOCK_RECORDS = 64;
/** A block is closed earlier when it gets so large: whoever reads one record unpacks all of them. */
export const BLOCK_BYTES = 1_048_576;

/** @throws StoreError `record-broken` */
export function unpackBlock(block: Uint8Array): readonly Uint8Array[] {
  const bytes = decompress(block);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < 4 ? 0 : view.getUint32(0, true);
  let from = 4 * (1 + count);
  if (from > bytes.length) throw broken();
  return Array.from({ length: count }, (_, index) => {
    const until = from + view.getUint32(4 * (1 + index), true);
    if (until > bytes.length) throw broken();
    const record = bytes.subarray(from, until);
    from = until;
    return record;
  });
}

function decompress(block: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(block);
  } catch (error) {
    throw broken(error);
  }
}

function broken(cause?: unknown): StoreError {
  return new StoreError(
    'record-broken',
    'The stored advisories are damaged: a block of records cannot be read.',
    {
      ...(cause === undefined ? {} : { cause }),
      next: 'Delete the folder `advisories` of the state directory, and run `sheer advisories sync` again.',
    },
  );
}
