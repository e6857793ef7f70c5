const ZSTD_FRAME = 0xfd2fb528;
/** Frames that a decoder passes over carry a table of contents beside the data; the last four bits are free. */
const ZSTD_SKIPPED_FRAME = 0x184d2a50;

/** As what bytes are compressed, by the first four of them; null: as nothing that is read here. */
export function compressionOf(first: Uint8Array): 'gzip' | 'zstd' | null {
  const [a = 0, b = 0, c = 0, d = 0] = first;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  const magic = (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  return magic === ZSTD_FRAME || (magic & 0xfffffff0) >>> 0 === ZSTD_SKIPPED_FRAME ? 'zstd' : null;
}
