import { inflateRawSync } from 'node:zlib';

/** A file in a zip archive, as the directory at its end tells it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of its local header. */
  readonly offset: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const COMMENT_BYTES_MAX = 0xffff;
/** The largest of applications have some ten thousands. */
const ENTRIES_MAX = 500_000;
const STORED = 0;
const DEFLATED = 8;
const WIDE = 0xffffffff;

/** Null: it is no zip archive, or a torn one. */
export function zipEntries(bytes: Buffer): readonly ZipEntry[] | null {
  const end = endOf(bytes);
  if (end < 0) return null;
  const directory = directoryOf(bytes, end);
  if (directory === null) return null;
  const entries: ZipEntry[] = [];
  // What comes before the archive, such as a script that starts it, moves everything by its length.
  let at = directory.start;
  while (at + CENTRAL_BYTES <= end && bytes.readUInt32LE(at) === CENTRAL) {
    if (entries.length >= ENTRIES_MAX) return null;
    const nameBytes = bytes.readUInt16LE(at + 28);
    const next = at + CENTRAL_BYTES + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    entries.push({
      name: bytes.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes),
      method: bytes.readUInt16LE(at + 10),
      packedBytes: bytes.readUInt32LE(at + 20),
      bytes: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42) + directory.moved,
    });
    at = next;
  }
  return entries;
}

/** @returns in words why not, where it can't be unpacked */
export function unzip(archive: Buffer, entry: ZipEntry, bytesMax: number): Buffer | string {
  const { offset, packedBytes, method } = entry;
  if (packedBytes === WIDE || offset >= WIDE) return 'is larger than 4 GB';
  if (entry.bytes > bytesMax) return `is larger than ${bytesMax} bytes`;
  if (offset + LOCAL_BYTES > archive.length || archive.readUInt32LE(offset) !== LOCAL) return 'is torn';
  const start = offset + LOCAL_BYTES + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  if (start + packedBytes > archive.length) return 'is torn';
  const packed = archive.subarray(start, start + packedBytes);
  if (method === STORED) return packed.length > bytesMax ? `is larger than ${bytesMax} bytes` : packed;
  if (method !== DEFLATED) return 'is packed in a way that is not read here, or encrypted';
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(bytesMax, 1) });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    return tooLarge ? `is larger than ${bytesMax} bytes` : 'is torn';
  }
}

function endOf(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1) {
    if (bytes.readUInt32LE(at) === END) return at;
  }
  return -1;
}

function directoryOf(bytes: Buffer, end: number): { readonly start: number; readonly moved: number } | null {
  const size = bytes.readUInt32LE(end + 12);
  const told = bytes.readUInt32LE(end + 16);
  const entries = bytes.readUInt16LE(end + 10);
  if (entries === 0) return { start: end, moved: 0 };
  // With more than 65,535 files the true numbers stand in a record before this one, which also
  // tells where the directory is.
  if (told === WIDE || size === WIDE || entries === 0xffff) return wideDirectoryOf(bytes, end);
  const start = end - size;
  return start < 0 || start < told ? null : { start, moved: start - told };
}

const WIDE_LOCATOR = 0x07064b50;
const WIDE_END = 0x06064b50;

function wideDirectoryOf(
  bytes: Buffer,
  end: number,
): { readonly start: number; readonly moved: number } | null {
  const locator = end - 20;
  if (locator < 0 || bytes.readUInt32LE(locator) !== WIDE_LOCATOR) return null;
  const record = Number(bytes.readBigUInt64LE(locator + 8));
  if (record + 56 > bytes.length || bytes.readUInt32LE(record) !== WIDE_END) return null;
  const start = Number(bytes.readBigUInt64LE(record + 48));
  return start < bytes.length ? { start, moved: 0 } : null;
}
