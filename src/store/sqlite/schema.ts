import { StoreError } from '../store-error.ts';
import type { Database } from './database.ts';

/**
 * Each brings the database from the version before it to its own; `user_version` says how many were
 * applied. Never edited once released: a change is a new one at the end.
 *
 * A row of a stream is one fact. There is no index but the position: on random ids and subjects they
 * would cost most of the write rate, and the graph is the index.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE audit (
    position INTEGER PRIMARY KEY,
    payload TEXT,                -- null: erased
    hash TEXT NOT NULL,          -- of the chain, up to and including this position
    payload_hash TEXT            -- of an erased payload; else null, as it can be computed
  ) STRICT;

  CREATE TABLE observations (
    position INTEGER PRIMARY KEY,
    payload TEXT,
    hash TEXT NOT NULL,          -- up to the last dropped position: of the checkpoint's chain
    payload_hash TEXT
  ) STRICT;

  -- Runs of positions of the observations, one per day, and the last dropped one.
  CREATE TABLE segments (
    day TEXT PRIMARY KEY,
    first_position INTEGER NOT NULL,
    last_position INTEGER,       -- null while facts may still come
    hash TEXT,
    seal INTEGER,                -- position in the audit of what seals it
    dropped INTEGER              -- position in the audit of what says that it was dropped
  ) STRICT;

  CREATE TABLE flows (
    minute INTEGER NOT NULL,
    source TEXT NOT NULL,
    protocol TEXT NOT NULL,
    client_scope TEXT NOT NULL,
    client_ip TEXT NOT NULL,
    client TEXT NOT NULL,
    server_scope TEXT NOT NULL,
    server_ip TEXT NOT NULL,
    server_port INTEGER NOT NULL,
    server TEXT NOT NULL,
    verdict TEXT NOT NULL,
    connections INTEGER NOT NULL,
    bytes INTEGER,               -- null: not measured
    first_at REAL NOT NULL,
    last_at REAL NOT NULL,
    unknown TEXT NOT NULL,
    PRIMARY KEY (minute, source, protocol, client_scope, client_ip, client,
                 server_scope, server_ip, server_port, server, verdict)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    bytes_done INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE imports ADD COLUMN changed_at REAL NOT NULL DEFAULT 0;
  UPDATE imports SET changed_at = unixepoch() * 1000.0;
  `,
];

/** @throws StoreError `state-unusable` when a newer Sheerline wrote the database. */
export function migrate(database: Database, directory: string): void {
  const [version] = database.prepare<readonly [number]>('PRAGMA user_version').get() ?? [0];
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      'state-unusable',
      `The state directory ${directory} was written by a newer version of Sheerline.`,
      { next: 'Update this one, or choose another directory with --state DIR.' },
    );
  }
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      database.execute(migration);
      database.execute(`PRAGMA user_version = ${index + 1}`);
    });
  }
}
