import type { Database } from '../database.ts';

/** A file with another one is not used: the store is derived, and synced again. */
const FORMAT = 1;

/** Without its indexes, which are faster built once everything is there. */
export function createTables(database: Database): void {
  database.execute(TABLES);
  database.execute(`PRAGMA user_version = ${FORMAT}`);
}

export function createIndexes(database: Database): void {
  database.execute(INDEXES);
}

export function isOurs(database: Database): boolean {
  const [version] = database.prepare<readonly [number]>('PRAGMA user_version').get() ?? [0];
  return version === FORMAT;
}

const TABLES = `
  CREATE TABLE sources (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL          -- JSON: AdvisorySource without its id
  ) STRICT;

  CREATE TABLE records (
    number INTEGER PRIMARY KEY,   -- never used again: what still points to it finds nothing
    source INTEGER NOT NULL,
    id TEXT NOT NULL,
    modified INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,   -- 0 or 1
    stamp INTEGER NOT NULL,
    generation INTEGER NOT NULL,  -- of the write that brought it
    ecosystems INTEGER NOT NULL,
    block INTEGER NOT NULL,
    slot INTEGER NOT NULL
  ) STRICT;

  -- Sets of ecosystem names, as there are few of them: for counting.
  CREATE TABLE ecosystems (number INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE blocks (number INTEGER PRIMARY KEY, live INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;

  -- What records are found by: see lookup-key.ts. Those of records that are gone stay.
  CREATE TABLE keys (key INTEGER NOT NULL, record INTEGER NOT NULL) STRICT;

  CREATE TABLE removals (generation INTEGER NOT NULL, id TEXT NOT NULL) STRICT;

  CREATE TABLE last (generation INTEGER NOT NULL, record INTEGER NOT NULL, block INTEGER NOT NULL) STRICT;
  INSERT INTO last VALUES (0, 0, 0);
`;

const INDEXES = `
  CREATE INDEX IF NOT EXISTS keys_key ON keys (key, record);
  CREATE INDEX IF NOT EXISTS records_stamp ON records (stamp, source);
  CREATE INDEX IF NOT EXISTS records_generation ON records (generation);
`;
