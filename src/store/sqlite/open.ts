import { resolve } from 'node:path';
import type { Clock } from '#model';
import type { Store } from '../store.ts';
import { openDatabase } from './database.ts';
import { translateFailure, translating } from './failure.ts';
import { createPrivately, lockDirectory } from './lock.ts';
import { migrate } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';
import { prepareDirectory, statePaths, watchPlace } from './state-directory.ts';

export interface SqliteStoreOptions {
  /** Made where it is missing. */
  readonly directory: string;
  readonly clock: Clock;
  /** The machine's name, for what the store itself records. */
  readonly node: string;
}

const TIMEOUT_MS = 5000;
const CACHE_KIB = 16_384;
const WAL_BYTES_KEPT = 67_108_864;
/** Four times SQLite's own: a tenth more facts per second, for a log of 16 MB. */
const WAL_PAGES = 4000;

/**
 * Opens the store in a directory, which is then this process's alone.
 *
 * @throws StoreError `state-in-use`, `state-unusable`, or `record-broken` for a damaged file
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const paths = statePaths(resolve(options.directory));
  const guarded = <Result>(work: () => Result): Result => translating(paths.directory, work);
  const closers: (() => void)[] = [];
  const close = (): void => {
    while (closers.length > 0) closers.pop()?.();
  };
  try {
    guarded(() => prepareDirectory(paths));
    closers.push(guarded(() => lockDirectory(paths.directory)).release);
    guarded(() => createPrivately(paths.database));
    const translate = translateFailure(paths.directory);
    const database = openDatabase({ path: paths.database, timeoutMs: TIMEOUT_MS, translate });
    closers.push(() => database.close());
    for (const pragma of PRAGMAS) database.execute(pragma);
    migrate(database, paths.directory);
    const checkPlace = guarded(() => watchPlace(paths.directory, paths.database));
    return new SqliteStore({ ...options, paths, database, guarded, checkPlace, close });
  } catch (error) {
    close();
    throw error;
  }
}

const PRAGMAS: readonly string[] = [
  // Nobody else has the lock, so the index of the log can be in this process's own memory: a mapped
  // file would end the process when the disk is full.
  'PRAGMA locking_mode = EXCLUSIVE',
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  // What is erased or dropped is overwritten.
  'PRAGMA secure_delete = ON',
  `PRAGMA wal_autocheckpoint = ${WAL_PAGES}`,
  `PRAGMA journal_size_limit = ${WAL_BYTES_KEPT}`,
  `PRAGMA cache_size = -${CACHE_KIB}`,
];
