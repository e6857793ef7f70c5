import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { unreadable } from '../cli-error.ts';

/** A flow log on disk, perhaps compressed. */
export interface FlowLog {
  /** As it lies on disk. */
  readonly sizeBytes: number;
  /** Of the file's beginning and its size: the same file continues the same import. */
  readonly fingerprint: string;
  /**
   * The log from `offset` on. Offsets are of what the log says, not of the compressed file.
   *
   * @throws CliError `invalid-input`
   */
  readonly read: (offset: number) => AsyncGenerator<Buffer, void>;
  /** Bytes of the file that were read so far. */
  readonly position: () => number;
}

/** Two files of the same size that agree in their first 64 KiB, with times in each line, are one. */
const FINGERPRINT_BYTES = 64 * 1024;

/** RFC 1952, section 2.3.1 */
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * @throws CliError `invalid-input`
 */
export async function openLog(path: string): Promise<FlowLog> {
  const { beginning, sizeBytes } = await readBeginning(path);
  const isGzip = GZIP_MAGIC.every((byte, index) => beginning[index] === byte);
  let file: ReadStream | null = null;
  let skipped = 0;
  return {
    sizeBytes,
    fingerprint: createHash('sha256').update(beginning).update(`:${sizeBytes}`).digest('hex'),
    position: () => skipped + (file?.bytesRead ?? 0),
    async *read(offset) {
      skipped = isGzip ? 0 : offset;
      file = createReadStream(path, { start: skipped });
      try {
        // Compressed data has no places to begin at: what was imported already is read again and dropped.
        if (isGzip) yield* dropFirst(gunzip(file), offset);
        else yield* file;
      } catch (error) {
        throw unreadable(path, error);
      } finally {
        file.destroy();
      }
    },
  };
}

async function readBeginning(path: string): Promise<{ beginning: Buffer; sizeBytes: number }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(FINGERPRINT_BYTES), 0, FINGERPRINT_BYTES, 0);
      return { beginning: buffer.subarray(0, bytesRead), sizeBytes: size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* gunzip(file: ReadStream): AsyncGenerator<Buffer, void> {
  const output = createGunzip();
  // A pipe hands no errors on.
  file.on('error', (error) => output.destroy(error));
  for await (const piece of file.pipe(output)) yield piece as Buffer;
}

async function* dropFirst(pieces: AsyncGenerator<Buffer, void>, count: number): AsyncGenerator<Buffer, void> {
  let left = count;
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}
