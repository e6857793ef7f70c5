import { DatabaseSync } from 'node:sqlite';
import { unreadable, type FileReading, type FoundPackage } from '../layer-scan.ts';
import { berkeleyBlobs } from './berkeley.ts';
import { ndbBlobs } from './ndb.ts';
import { isOfInterestOwned } from './owned-files.ts';
import { readRpmHeader } from './rpm-header.ts';

const PAGE_BYTES_MIN = 512;

/** `rpmdb.sqlite`: a table `Packages` of headers. */
export function readRpmSqlite(bytes: Buffer): FileReading {
  const isDatabase = bytes.length >= PAGE_BYTES_MIN && bytes.toString('latin1', 0, 15) === 'SQLite format 3';
  if (!isDatabase) return unreadable('is no SQLite database');
  const own = Buffer.from(bytes);
  // A database in memory has no write-ahead log: say that it is one without.
  own.fill(1, 18, 20);
  const database = new DatabaseSync(':memory:');
  try {
    database.deserialize(own);
    database.enableDefensive(true);
    const kind = database.prepare("select type from sqlite_schema where name = 'Packages'").get();
    if (kind?.['type'] !== 'table') return unreadable('has no table of packages');
    return readHeaders(blobsOf(database));
  } catch (error) {
    return unreadable(`the database is torn (${error instanceof Error ? error.message : 'unknown'})`);
  } finally {
    database.close();
  }
}

/** `Packages.db`: rpm's own kind of database, which SUSE uses. */
export function readRpmNdb(bytes: Buffer): FileReading {
  return readHeaders(ndbBlobs(bytes));
}

/** `rpmdb.sqlite-wal`: rpm leaves it empty, unless it was killed or is at work. */
export function refuseRpmJournal(): FileReading {
  return unreadable('holds changes that the database beside it does not have yet, and is not read here');
}

/** `Packages`: Berkeley DB, which rpm itself wrote until version 4.16. */
export function readRpmBerkeley(bytes: Buffer): FileReading {
  return readHeaders(berkeleyBlobs(bytes));
}

function* blobsOf(database: DatabaseSync): Generator<Buffer> {
  for (const row of database.prepare('select blob from Packages').iterate()) {
    const blob = row['blob'];
    yield blob instanceof Uint8Array
      ? Buffer.from(blob.buffer, blob.byteOffset, blob.length)
      : Buffer.alloc(0);
  }
}

function readHeaders(blobs: Iterable<Buffer | string>): FileReading {
  const packages: FoundPackage[] = [];
  const problems: string[] = [];
  const owns: string[] = [];
  for (const blob of blobs) {
    const header = typeof blob === 'string' ? blob : readRpmHeader(blob);
    if (typeof header === 'string') {
      problems.push(header);
      continue;
    }
    if (header.found !== null) packages.push(header.found);
    for (const file of header.files) if (isOfInterestOwned(file)) owns.push(file);
  }
  return { packages, problems, owns };
}
