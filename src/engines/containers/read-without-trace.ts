import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Instant } from '#model';

/** Larger files are cut: a hosts file is some hundred bytes, and a container can write to its own. */
const FILE_BYTES_MAX = 64 * 1024;

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a file said at one moment. */
export interface FileReading {
  readonly text: string;
  /** The kernel's own time of the last change of content or attributes; nobody can set it. */
  readonly changedAt: Instant;
}

/**
 * Reads a small file without a trace: O_NOATIME leaves its access time as it is. Only its owner and
 * root may ask for that; the others' reading may count as an access. Null when it is not there.
 */
export function readWithoutTrace(path: string): FileReading | null {
  const file = open(path);
  if (file === null) return null;
  try {
    return readOpened(file);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

/**
 * Null when it was removed after it was opened: its time of change is then that of its removal, as
 * the number of its names is an attribute, too.
 */
export function readOpened(file: number): FileReading | null {
  const status = fstatSync(file, { bigint: true });
  if (!status.isFile() || status.nlink === 0n) return null;
  const buffer = Buffer.alloc(Math.min(Number(status.size), FILE_BYTES_MAX));
  const length = readSync(file, buffer, 0, buffer.length, 0);
  return { text: buffer.toString('utf8', 0, length), changedAt: Number(status.ctimeNs) / 1e6 };
}

function open(path: string): number | null {
  for (const flags of [FLAGS | constants.O_NOATIME, FLAGS]) {
    try {
      return openSync(path, flags);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return null;
    }
  }
  return null;
}
