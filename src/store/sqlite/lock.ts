import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_MODE } from '../files/durable-file.ts';
import { StoreError } from '../store-error.ts';
import { openDatabase } from './database.ts';
import { SQLITE_BUSY, translateFailure } from './failure.ts';

/** Long enough for a holder that is just ending, short enough for a person who waits. */
const PATIENCE_MS = 500;

/**
 * Takes the state directory for this process, until `release` or the process's end, however it ends:
 * the lock is the kernel's, on a database that is opened for nothing else. Who holds it stands in a
 * file beside it, for the message only.
 *
 * @throws StoreError `state-in-use`
 */
export function lockDirectory(directory: string): { readonly release: () => void } {
  const path = join(directory, 'lock');
  const holder = join(directory, 'holder');
  const otherwise = translateFailure(directory);
  createPrivately(path);
  const database = openDatabase({
    path,
    timeoutMs: PATIENCE_MS,
    translate: (failure, cause) =>
      failure?.code === SQLITE_BUSY ? inUse(directory, readHolder(holder), cause) : otherwise(failure, cause),
  });
  try {
    database.execute('PRAGMA journal_mode = MEMORY');
    database.execute('BEGIN EXCLUSIVE');
    writeFileSync(holder, `${process.pid}\n`, { mode: FILE_MODE });
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => database.close() };
}

/**
 * SQLite would create it for everyone to read. An existing one is not even opened: closing a file
 * gives up all locks that the process has on it.
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', FILE_MODE));
  } catch (error) {
    // Another process that starts at the same time may have been faster.
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw error;
  }
}

function inUse(directory: string, pid: number | null, cause: unknown): StoreError {
  const who = pid === null ? 'another process' : `process ${pid}`;
  return new StoreError('state-in-use', `The state directory ${directory} is in use by ${who}.`, {
    cause,
    next: 'See it with `sheer status`, end it with `sheer down`, or choose another directory with --state DIR.',
    remedy: 'wait',
  });
}

/** Null when it is not known, or no longer runs. */
function readHolder(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim());
    if (!Number.isInteger(pid) || pid <= 0) return null;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    const isAlive = error instanceof Error && 'code' in error && error.code === 'EPERM';
    return isAlive ? Number(readFileSync(path, 'utf8').trim()) : null;
  }
}
