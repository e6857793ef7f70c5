import { resolve } from 'node:path';
import type { AdvisoryStore, AdvisoryWriter, WriteOptions } from '../../advisories.ts';
import { StoreError } from '../../store-error.ts';
import {
  createFile,
  discardFile,
  finishFile,
  newestNumber,
  openNewest,
  type AdvisoryFile,
} from './advisory-files.ts';
import { AdvisoryReader, type ReadRaw } from './advisory-reader.ts';
import { compactFile, isWorthCompacting } from './compact-file.ts';
import { SqliteAdvisoryWriter } from './advisory-writer.ts';

export interface SqliteAdvisoriesOptions {
  /** Its own, `advisories` in the state directory; made where it is missing, its parent has to exist. */
  readonly directory: string;
  readonly read: ReadRaw;
  /** The file is written anew when so many records more than there are were replaced. */
  readonly goneMin?: number;
}

/**
 * Opens the advisories beside the state's own database. Several may have them open, of which one writes;
 * the state directory's lock is what keeps other processes away.
 *
 * @throws StoreError `state-unusable`
 */
export function openSqliteAdvisories(options: SqliteAdvisoriesOptions): AdvisoryStore {
  const directory = resolve(options.directory);
  let file = openNewest(directory);
  let reader = new AdvisoryReader(file.database, options.read);
  let isWriting = false;
  /** Not closed at once: somebody may still be reading on in one. */
  const retired: AdvisoryReader[] = [];
  const use = (opened: AdvisoryFile): void => {
    retired.push(reader);
    file = opened;
    reader = new AdvisoryReader(file.database, options.read);
  };
  /** A full load that another one finished lies in a new file. */
  const newest = (): AdvisoryReader => {
    if (!isWriting && newestNumber(directory) > file.number) {
      use(openNewest(directory));
    }
    return reader;
  };
  const write = (what: WriteOptions): AdvisoryWriter => {
    if (isWriting) throw new StoreError('invalid-input', 'The advisories are being written already.');
    newest();
    if (isWorthCompacting(file, options.goneMin)) use(compactFile(directory, file, options.read));
    const over = (written: AdvisoryFile): void => {
      isWriting = false;
      if (written.number !== file.number) use(written);
    };
    const writer = isNew(file) ? writeAnew(directory, file, what, over) : writeInPlace(file, what, over);
    isWriting = true;
    return writer;
  };
  return {
    byId: (id) => newest().byId(id),
    forPackages: (packages) => newest().forPackages(packages),
    changedSince: (generation) => newest().changedSince(generation),
    raw: (id) => newest().raw(id),
    generation: () => newest().generation(),
    sources: () => newest().sources(),
    write,
    close: () => [...retired, reader].forEach((each) => each.close()),
  };
}

/** Nothing was ever written to it. */
function isNew({ database }: AdvisoryFile): boolean {
  return database.prepare('SELECT 1 FROM sources LIMIT 1').get() === undefined;
}

type Over = (written: AdvisoryFile) => void;

function writeInPlace(file: AdvisoryFile, what: WriteOptions, over: Over): AdvisoryWriter {
  const { database } = file;
  database.execute('BEGIN IMMEDIATE');
  return new SqliteAdvisoryWriter(database, what, false, {
    commit: () => {
      database.execute('COMMIT');
      over(file);
    },
    rollback: () => {
      over(file);
      database.rollback();
    },
  });
}

function writeAnew(directory: string, file: AdvisoryFile, what: WriteOptions, over: Over): AdvisoryWriter {
  const number = file.number + 1;
  const loaded = createFile(directory, number);
  loaded.execute('BEGIN');
  return new SqliteAdvisoryWriter(loaded, what, true, {
    commit: () => {
      loaded.execute('COMMIT');
      over({ number, database: finishFile(directory, number, loaded) });
    },
    rollback: () => {
      over(file);
      discardFile(directory, number, loaded);
    },
  });
}
