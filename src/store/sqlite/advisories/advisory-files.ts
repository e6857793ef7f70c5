import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { flush, makeFolder } from '../../files/durable-file.ts';
import { openDatabase, type Database } from '../database.ts';
import { translateFailure, translating } from '../failure.ts';
import { createPrivately } from '../lock.ts';
import { createIndexes, createTables, isOurs } from './advisory-schema.ts';

/**
 * The database lies in a file `N.db`. A full load is written to `N+1.db.new` and renamed: a name is never
 * used twice, so that whoever still reads the old file and its log is not disturbed. The highest counts.
 */
export interface AdvisoryFile {
  readonly number: number;
  readonly database: Database;
}

const TIMEOUT_MS = 30_000;
const CACHE_KIB = 65_536;
const WAL_BYTES_KEPT = 67_108_864;
/** Blocks have 20 to 40 kB, which lie better in large pages. */
const PAGE_BYTES = 8192;

/** Makes an empty one where there is none, or one of another format. */
export function openNewest(directory: string): AdvisoryFile {
  translating(directory, () => makeFolder(directory));
  const number = newestNumber(directory);
  if (number > 0) {
    const database = openAt(directory, `${number}.db`, WORKING);
    if (isOurs(database)) return { number, database };
    database.close();
  }
  const made = createFile(directory, number + 1);
  return { number: number + 1, database: finishFile(directory, number + 1, made) };
}

/** 0: there is none. */
export function newestNumber(directory: string): number {
  return translating(directory, () =>
    readdirSync(directory)
      .map((name) => /^(\d+)\.db$/.exec(name)?.[1])
      .reduce((highest, digits) => Math.max(highest, Number(digits ?? 0)), 0),
  );
}

/** An empty one for a full load: nothing of it is durable or visible until {@link finishFile}. */
export function createFile(directory: string, number: number): Database {
  const name = `${number}.db.new`;
  translating(directory, () => removeFile(directory, name));
  const database = openAt(directory, name, LOADING);
  createTables(database);
  return database;
}

/** Closes what was loaded, makes it the newest, and opens it; the older ones are removed. */
export function finishFile(directory: string, number: number, loaded: Database): Database {
  createIndexes(loaded);
  loaded.close();
  translating(directory, () => {
    flush(join(directory, `${number}.db.new`));
    renameSync(join(directory, `${number}.db.new`), join(directory, `${number}.db`));
    flush(directory);
    removeOthers(directory, number);
  });
  return openAt(directory, `${number}.db`, WORKING);
}

/** Of a load that was given up. */
export function discardFile(directory: string, number: number, loaded: Database): void {
  loaded.close();
  translating(directory, () => removeFile(directory, `${number}.db.new`));
}

/** A full load that dies with the process is worth nothing, so nothing of it is flushed on the way. */
const LOADING = [
  'PRAGMA journal_mode = MEMORY',
  'PRAGMA synchronous = OFF',
  'PRAGMA locking_mode = EXCLUSIVE',
  // They help to sort what an index is made of: a third less time for that.
  'PRAGMA threads = 2',
];
const WORKING = [
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  `PRAGMA journal_size_limit = ${WAL_BYTES_KEPT}`,
];

function openAt(directory: string, name: string, pragmas: readonly string[]): Database {
  const path = join(directory, name);
  translating(directory, () => createPrivately(path));
  const database = openDatabase({ path, timeoutMs: TIMEOUT_MS, translate: translateFailure(directory) });
  try {
    database.execute(`PRAGMA page_size = ${PAGE_BYTES}`);
    for (const pragma of pragmas) database.execute(pragma);
    database.execute(`PRAGMA cache_size = -${CACHE_KIB}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function removeOthers(directory: string, number: number): void {
  for (const name of readdirSync(directory)) {
    const own = /^(\d+)\.db/.exec(name)?.[1];
    if (own !== undefined && Number(own) < number) removeFile(directory, name);
  }
}

function removeFile(directory: string, name: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(join(directory, `${name}${suffix}`), { force: true });
}
