import type { Database } from '../database.ts';
import { createFile, discardFile, finishFile, type AdvisoryFile } from './advisory-files.ts';
import type { ReadRaw } from './advisory-reader.ts';
import { BlockCache } from './block-cache.ts';
import { ecosystemsOf, RecordRows } from './record-rows.ts';

/** Fewer records that are gone are not worth the work. */
const GONE_MIN = 100_000;
const PAGE_ROWS = 1000;

/**
 * Whether more records than there are were replaced or removed since the file was made: their keys and,
 * mostly, their bytes still take room.
 */
export function isWorthCompacting({ database }: AdvisoryFile, goneMin = GONE_MIN): boolean {
  const [last] = database.prepare<readonly [number]>('SELECT record FROM last').get() ?? [0];
  if (last < goneMin) return false;
  const [records] = database.prepare<readonly [number]>('SELECT count(*) FROM records').get() ?? [0];
  return last - records > records + goneMin;
}

/** Writes what there is into a new file, which takes the place of the old one; the same generation. */
export function compactFile(directory: string, file: AdvisoryFile, read: ReadRaw): AdvisoryFile {
  const number = file.number + 1;
  const made = createFile(directory, number);
  try {
    copyFile(file, made, read);
  } catch (error) {
    discardFile(directory, number, made);
    throw error;
  }
  return { number, database: finishFile(directory, number, made) };
}

function copyFile(file: AdvisoryFile, made: Database, read: ReadRaw): void {
  const old = file.database;
  made.execute('BEGIN');
  const insertSource = made.prepare('INSERT INTO sources VALUES (?, ?, ?)');
  const sources = old.prepare<readonly [number, string, string]>('SELECT number, id, status FROM sources');
  for (const source of sources.all()) insertSource.run(...source);
  const insertRemoval = made.prepare('INSERT INTO removals VALUES (?, ?)');
  const removals = old.prepare<readonly [number, string]>('SELECT DISTINCT generation, id FROM removals');
  for (const removal of removals.all()) insertRemoval.run(...removal);
  const rows = new RecordRows(made, 0);
  const records = copyRecords(file, rows, read);
  const [generation] = old.prepare<readonly [number]>('SELECT generation FROM last').get() ?? [0];
  made
    .prepare('UPDATE last SET generation = ?, record = ?, block = ?')
    .run(generation, records, rows.flush());
  made.execute('COMMIT');
}

/** Number, source, stamp, generation, block, slot. */
type Row = readonly [number, number, number, number, number, number];

/** Returns how many there are. */
function copyRecords({ database }: AdvisoryFile, rows: RecordRows, read: ReadRaw): number {
  const page = database.prepare<Row>(
    `SELECT number, source, stamp, generation, block, slot FROM records
     WHERE number > ? ORDER BY number LIMIT ${PAGE_ROWS}`,
  );
  const blocks = new BlockCache(database);
  let copied = 0;
  for (let after = 0; ;) {
    const found = page.all(after);
    for (const [, source, stamp, generation, block, slot] of found) {
      const raw = blocks.record(block, slot);
      const advisory = raw === null ? null : read(raw);
      if (raw === null || advisory === null) continue;
      copied += 1;
      rows.add({
        number: copied,
        source,
        stamp,
        generation,
        raw,
        advisory,
        ecosystems: ecosystemsOf(advisory),
      });
    }
    const last = found.at(-1);
    if (last === undefined) return copied;
    after = last[0];
  }
}
