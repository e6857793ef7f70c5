import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The whole file or the one that was there before, also when the power fails: written beside it,
 * flushed, renamed, and the rename flushed. One writer at a time; a leftover of a crash is
 * overwritten by the next write.
 */
export function writeDurably(path: string, parts: readonly Uint8Array[]): void {
  const folder = dirname(path);
  makeFolder(folder);
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, 'w', FILE_MODE);
  try {
    for (const part of parts) writeFully(file, part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  flush(folder);
}

/**
 * {@link writeDurably} in pieces, by threads of their own. Before it takes its place, `isWanted` is asked
 * whether it still should; if not, it is as if nothing had been written. One such writer at a time.
 */
export async function writeDurablyInBackground(
  path: string,
  parts: readonly Uint8Array[],
  isWanted: () => boolean,
): Promise<void> {
  const folder = dirname(path);
  makeFolder(folder);
  const temporary = `${path}.background.tmp`;
  const file = await open(temporary, 'w', FILE_MODE);
  try {
    for (const part of parts) await writeInPieces(file, part);
    await file.sync();
    if (isWanted()) renameSync(temporary, path);
  } finally {
    await file.close();
    rmSync(temporary, { force: true });
  }
  flush(folder);
}

/** Null when it is not there. */
export function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Lets `work` read from the file where it likes; null when it is not there. */
export function readingFrom<Result>(
  path: string,
  work: (source: { readonly size: number; bytes(offset: number, length: number): Uint8Array }) => Result,
): Result | null {
  const file = openIfThere(path);
  if (file === null) return null;
  try {
    const bytes = (offset: number, length: number): Uint8Array => readFully(file, offset, length);
    return work({ size: fstatSync(file).size, bytes });
  } finally {
    closeSync(file);
  }
}

/** For its owner only; its parent has to exist. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, FOLDER_MODE);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  flush(dirname(folder));
}

/** What a file holds, or which names a folder has, is on the disk afterwards. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Some 10 ms of a disk. */
const PIECE_BYTES = 8 << 20;

export const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

async function writeInPieces(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(PIECE_BYTES, bytes.length - done));
    done += bytesWritten;
    // The log of the database waits for what the disk has to write before it: never for long.
    if (bytesWritten === PIECE_BYTES) await file.datasync();
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Into memory of its own, not into a part of a shared pool. */
function readFully(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  for (let read = -1; done < length && read !== 0; done += read)
    read = readSync(file, bytes, done, length - done, offset + done);
  return bytes.subarray(0, done);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
