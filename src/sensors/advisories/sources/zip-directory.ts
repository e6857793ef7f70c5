import { SensorError } from '../../sensor-error.ts';
import type { FileBytes } from './file-bytes.ts';

/** What the archive's directory at its end says of one file in it. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of its local header. */
  readonly offset: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END_64 = 0x06064b50;
const END_64_BYTES = 56;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_BYTES = 20;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const COMMENT_BYTES_MAX = 65_535;
const IN_64 = 0xffffffff;
const COUNT_IN_64 = 0xffff;
const WINDOW_BYTES = 4_194_304;
/** An entry with the longest name, extra fields and comment. */
const ENTRY_BYTES_MAX = ENTRY_BYTES + 3 * 65_535;

/** Where the directory lies: APPNOTE 4.3.16, and 4.3.14 for archives of 4 GB or 65,535 files and more. */
interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly until: number;
}

/**
 * The entries in the order of the archive's directory, read in windows of some megabytes.
 *
 * @throws SensorError when it is no zip archive, or torn
 */
export function* zipEntries(file: FileBytes): Iterable<ZipEntry> {
  const { count, offset, until } = findDirectory(file);
  let at = offset;
  let found = 0;
  while (found < count) {
    const window = file.read(at, Math.min(WINDOW_BYTES, until - at));
    let used = 0;
    while (found < count && (window.length - used >= ENTRY_BYTES_MAX || at + window.length === until)) {
      const entry = readEntry(window, used, file);
      yield entry.entry;
      used += entry.length;
      found += 1;
    }
    // It was cut off since its end was read: there would be no end of trying.
    if (used === 0) throw torn(file, 'its directory is torn');
    at += used;
  }
}

function findDirectory(file: FileBytes): Directory {
  const tailAt = Math.max(0, file.size - END_BYTES - COMMENT_BYTES_MAX);
  const tail = file.read(tailAt, file.size - tailAt);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length)
      continue;
    const end = tailAt + at;
    const count = tail.readUInt16LE(at + 10);
    const [size, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    const isIn64 = count === COUNT_IN_64 || size === IN_64 || offset === IN_64;
    const directory = (isIn64 ? findDirectory64(file, end) : null) ?? { count, offset, until: offset + size };
    if (directory.until > end || directory.count * ENTRY_BYTES > directory.until - directory.offset) break;
    return directory;
  }
  throw torn(file, 'its directory is missing or wrong');
}

/** Null: there is none, and the numbers only look as if there were. */
function findDirectory64(file: FileBytes, end: number): Directory | null {
  if (end < LOCATOR_64_BYTES) return null;
  const locator = file.read(end - LOCATOR_64_BYTES, LOCATOR_64_BYTES);
  if (locator.readUInt32LE(0) !== LOCATOR_64) return null;
  const at = Number(locator.readBigUInt64LE(8));
  if (at + END_64_BYTES > end) throw torn(file, 'its directory is missing');
  const record = file.read(at, END_64_BYTES);
  if (record.readUInt32LE(0) !== END_64) throw torn(file, 'its directory is missing');
  const numberAt = (field: number): number => Number(record.readBigUInt64LE(field));
  const offset = numberAt(48);
  return { count: numberAt(32), offset, until: offset + numberAt(40) };
}

function readEntry(
  window: Buffer,
  at: number,
  file: FileBytes,
): { readonly entry: ZipEntry; readonly length: number } {
  if (at + ENTRY_BYTES > window.length || window.readUInt32LE(at) !== ENTRY)
    throw torn(file, 'its directory is torn');
  const nameBytes = window.readUInt16LE(at + 28);
  const extraBytes = window.readUInt16LE(at + 30);
  const length = ENTRY_BYTES + nameBytes + extraBytes + window.readUInt16LE(at + 32);
  if (at + length > window.length) throw torn(file, 'its directory is torn');
  const extra = window.subarray(at + ENTRY_BYTES + nameBytes, at + ENTRY_BYTES + nameBytes + extraBytes);
  const [bytes, packedBytes, offset] = sizes64(extra, [
    window.readUInt32LE(at + 24),
    window.readUInt32LE(at + 20),
    window.readUInt32LE(at + 42),
  ]);
  return {
    length,
    entry: {
      name: window.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
      method: window.readUInt16LE(at + 10),
      isEncrypted: (window.readUInt16LE(at + 8) & 1) !== 0,
      crc: window.readUInt32LE(at + 16),
      packedBytes,
      bytes,
      offset,
    },
  };
}

type Sizes = readonly [bytes: number, packedBytes: number, offset: number];

/** APPNOTE 4.5.3: those that are all ones stand in the extra field 1, in this order. */
function sizes64(extra: Buffer, sizes: Sizes): Sizes {
  if (!sizes.includes(IN_64)) return sizes;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    const until = Math.min(extra.length, next + extra.readUInt16LE(at + 2));
    const read = (size: number): number => {
      if (size !== IN_64 || next + 8 > until) return size;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    };
    return [read(sizes[0]), read(sizes[1]), read(sizes[2])];
  }
  return sizes;
}

function torn(file: FileBytes, reason: string): SensorError {
  return new SensorError('invalid-input', `${file.path} is no complete zip archive: ${reason}.`, {
    next: 'Get the file again; nothing of it was taken.',
  });
}
