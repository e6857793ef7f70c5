import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { ProcError } from './proc-error.ts';

/** Large enough for any per-process text and for most socket tables; it grows where it has to. */
const BUFFER_BYTES = 64 * 1024;

/**
 * Reads a /proc directory. Everything here may vanish at any moment, so what can't be read is null
 * and never an exception. Synchronous on purpose: the kernel answers from memory in microseconds,
 * a round trip through Node's thread pool costs ten times as much.
 */
export interface ProcFiles {
  readonly directory: string;
  /** Every process. @throws ProcError when the directory can't be listed. */
  pids(): readonly number[];
  /**
   * Changes when another process has taken the pid: the kernel makes a new inode for it. Null: gone.
   */
  incarnation(pid: number): string | null;
  text(path: string): string | null;
  /** The file's bytes; valid until the next read. */
  bytes(path: string): Uint8Array | null;
  link(path: string): string | null;
  /** Numbers of the open files; `denied` without the right to look. */
  descriptors(pid: number): readonly string[] | 'gone' | 'denied';
}

export function createProcFiles(directory: string): ProcFiles {
  let buffer = Buffer.allocUnsafe(BUFFER_BYTES);

  const readWhole = (file: number): Buffer => {
    for (let length = 0; ;) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      const count = readSync(file, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.subarray(0, length);
      length += count;
    }
  };
  const bytes = (path: string): Buffer | null => {
    let file: number | null = null;
    try {
      file = openSync(join(directory, path), 'r');
      return readWhole(file);
    } catch {
      return null;
    } finally {
      if (file !== null) closeSync(file);
    }
  };

  return {
    directory,
    pids: () => listPids(directory),
    incarnation: (pid) => {
      try {
        const status = statSync(join(directory, String(pid)), { throwIfNoEntry: false });
        return status === undefined ? null : `${status.ino} ${status.ctimeMs}`;
      } catch {
        return null;
      }
    },
    bytes,
    text: (path) => bytes(path)?.toString('utf8') ?? null,
    link: (path) => {
      try {
        return readlinkSync(join(directory, path));
      } catch {
        return null;
      }
    },
    descriptors: (pid) => {
      try {
        return readdirSync(join(directory, String(pid), 'fd'));
      } catch (error) {
        return isDenied(error) ? 'denied' : 'gone';
      }
    },
  };
}

function listPids(directory: string): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    throw new ProcError(`${directory} can't be listed, so processes can't be seen`, {
      cause,
      next: `Check that ${directory} is a mounted proc file system (Linux only).`,
    });
  }
  const pids: number[] = [];
  for (const name of names) {
    const first = name.charCodeAt(0);
    if (first >= 49 && first <= 57) pids.push(Number(name));
  }
  return pids;
}

function isDenied(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EACCES' || code === 'EPERM';
}
