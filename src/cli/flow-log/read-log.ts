import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32, createGunzip } from 'node:zlib';
import { unreadable } from '../cli-error.ts';

/** A flow log on disk, perhaps compressed. */
export interface FlowLog {
  /** As it lies on disk. */
  readonly sizeBytes: number;
  /**
   * Of what the log begins with, the longest beginning first: a log that has grown still has those of
   * when it was shorter, and a compressed one those of when it was not.
   */
  readonly fingerprints: readonly string[];
  /**
   * The log from `offset` on. Offsets are of what the log says, not of the compressed file.
   *
   * @throws CliError `invalid-input`
   */
  readonly read: (offset: number) => AsyncGenerator<Buffer, void>;
  /**
   * CRC-32 of the log's first bytes; null when it has fewer.
   *
   * @throws CliError `invalid-input`
   */
  readonly checksum: (length: number) => Promise<number | null>;
  /** Bytes of the file that were read so far. */
  readonly position: () => number;
}

/** With times in each line, logs that agree in so much are one, at different times perhaps. */
const LONGEST_BYTES = 64 * 1024;
/** Down to the 64 bytes that every line has: a log that was shorter had one of them, and still has it. */
const BEGINNINGS_BYTES = Array.from({ length: 11 }, (_, power) => LONGEST_BYTES >> power);

/** RFC 1952, section 2.3.1 */
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * @throws CliError `invalid-input`
 */
export async function openLog(path: string): Promise<FlowLog> {
  const { isGzip, sizeBytes } = await lookAt(path);
  let file: ReadStream | null = null;
  let skipped = 0;
  async function* pieces(from: ReadStream, offset: number): AsyncGenerator<Buffer, void> {
    try {
      // Compressed data has no places to begin at: what was imported already is read again and dropped.
      if (isGzip) yield* dropFirst(gunzip(from), offset);
      else yield* from;
    } catch (error) {
      throw unreadable(path, error);
    } finally {
      from.destroy();
    }
  }
  return {
    sizeBytes,
    fingerprints: await fingerprintsOf(pieces(createReadStream(path), 0)),
    checksum: (length) => checksumOf(pieces(createReadStream(path), 0), length),
    position: () => skipped + (file?.bytesRead ?? 0),
    read(offset) {
      skipped = isGzip ? 0 : offset;
      file = createReadStream(path, { start: skipped });
      return pieces(file, offset);
    },
  };
}

async function lookAt(path: string): Promise<{ isGzip: boolean; sizeBytes: number }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0);
      return { isGzip: GZIP_MAGIC.every((byte, index) => buffer[index] === byte), sizeBytes: size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** One per beginning that the log is long enough for; of a log that is shorter than all, the whole. */
async function fingerprintsOf(pieces: AsyncGenerator<Buffer, void>): Promise<readonly string[]> {
  const beginning: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of pieces) {
      beginning.push(piece);
      length += piece.length;
      if (length >= LONGEST_BYTES) break;
    }
  } catch {
    // What can't be read is said when the log is read up to there.
  }
  const bytes = Buffer.concat(beginning, length);
  const lengths = BEGINNINGS_BYTES.filter((each) => each <= length);
  return (lengths.length === 0 ? [length] : lengths).map((each) =>
    createHash('sha256').update(bytes.subarray(0, each)).digest('hex'),
  );
}

async function checksumOf(pieces: AsyncGenerator<Buffer, void>, length: number): Promise<number | null> {
  let checksum = 0;
  let left = length;
  for await (const piece of pieces) {
    checksum = crc32(piece.subarray(0, left), checksum);
    left -= Math.min(left, piece.length);
    if (left === 0) return checksum;
  }
  return left === 0 ? checksum : null;
}

async function* gunzip(file: ReadStream): AsyncGenerator<Buffer, void> {
  const output = createGunzip();
  // A pipe hands no errors on.
  file.on('error', (error) => output.destroy(error));
  for await (const piece of file.pipe(output)) yield piece as Buffer;
}

/** No more than the first `count` bytes. */
export async function* keepFirst(
  pieces: AsyncGenerator<Buffer, void>,
  count: number,
): AsyncGenerator<Buffer, void> {
  let left = count;
  for await (const piece of pieces) {
    yield piece.subarray(0, left);
    left -= Math.min(left, piece.length);
    if (left === 0) return;
  }
}

async function* dropFirst(pieces: AsyncGenerator<Buffer, void>, count: number): AsyncGenerator<Buffer, void> {
  let left = count;
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}
