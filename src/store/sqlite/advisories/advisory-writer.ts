import type {
  AdvisorySource,
  AdvisoryWriter,
  NewAdvisory,
  PutResult,
  WriteOptions,
  WriteResult,
  WriteSummary,
} from '../../advisories.ts';
import type { Database, Statement } from '../database.ts';
import { BlockCache } from './block-cache.ts';
import { idKey } from './lookup-key.ts';
import { ecosystemsOf, RecordRows } from './record-rows.ts';
import { SourceCounts } from './source-counts.ts';

/** How a write ends: a transaction of the file, or a file of its own. */
export interface WriteEnd {
  commit(): void;
  rollback(): void;
}

/** Number, modified, withdrawn, ecosystems, block, slot. */
type OldRow = readonly [number, number, number, number, number, number];
const OLD = 'records.number, modified, withdrawn, ecosystems, block, slot';

const PAGE_ROWS = 10_000;

/**
 * Writes one source into a file. Into an empty one (`isEmpty`), which has no indexes yet, nothing is
 * looked up, and what stands twice is found at the end.
 */
export class SqliteAdvisoryWriter implements AdvisoryWriter {
  readonly #database: Database;
  readonly #options: WriteOptions;
  readonly #isEmpty: boolean;
  readonly #end: WriteEnd;
  readonly #rows: RecordRows;
  readonly #counts: SourceCounts;
  readonly #source: number;
  readonly #generation: number;
  /** The last record of before: later ones came with this write. */
  readonly #lastBefore: number;
  #last: number;
  /** A bit for each record of before that stays. */
  readonly #seen: Uint8Array;
  /** Ids that came with this write, and their records. */
  readonly #put = new Map<string, number>();
  readonly #summary = { added: 0, changed: 0, removed: 0, duplicates: 0 };
  readonly #blocks: BlockCache;
  readonly #statements;

  constructor(database: Database, options: WriteOptions, isEmpty: boolean, end: WriteEnd) {
    this.#database = database;
    this.#options = options;
    this.#isEmpty = isEmpty;
    this.#end = end;
    const [generation, record, block] = lastOf(database);
    this.#generation = generation + 1;
    this.#lastBefore = record;
    this.#last = record;
    this.#seen = new Uint8Array((record >>> 3) + 1);
    this.#rows = new RecordRows(database, block);
    const [source, before] = sourceOf(database, options.source);
    this.#source = source;
    this.#counts = new SourceCounts(before);
    this.#blocks = new BlockCache(database);
    this.#statements = prepare(database);
  }

  isKnown(stamp: number): boolean {
    if (this.#isEmpty) return false;
    const known = this.#statements.byStamp.get(stamp, this.#source);
    if (known !== undefined) this.#see(known[0]);
    return known !== undefined;
  }

  put({ stamp, raw, advisory }: NewAdvisory): PutResult {
    const old = this.#isEmpty ? undefined : this.#find(advisory.id);
    if (old !== undefined && this.#isOutdone(old, advisory.modified)) {
      this.#see(old[0]);
      return 'older';
    }
    if (old !== undefined) {
      if (this.#isSame(old, raw, advisory.modified)) {
        this.#statements.stamp.run(stamp, old[0]);
        this.#see(old[0]);
        return 'same';
      }
      this.#remove(old);
    }
    this.#last += 1;
    const ecosystems = ecosystemsOf(advisory);
    const [number, source, generation] = [this.#last, this.#source, this.#generation];
    this.#rows.add({ number, source, generation, stamp, raw, advisory, ecosystems });
    this.#counts.add(ecosystems, advisory.withdrawn !== null, advisory.modified);
    if (!this.#isEmpty) this.#put.set(advisory.id, number);
    this.#summary[old === undefined ? 'added' : 'changed'] += 1;
    return old === undefined ? 'added' : 'changed';
  }

  keep(id: string): void {
    const old = this.#isEmpty ? undefined : this.#find(id);
    if (old !== undefined) this.#see(old[0]);
  }

  finish(result: WriteResult): WriteSummary {
    const block = this.#rows.flush();
    if (this.#isEmpty) this.#removeDuplicates();
    else if (this.#options.complete) this.#removeUnseen();
    const { added, changed, removed } = this.#summary;
    const generation = added + changed + removed === 0 ? this.#generation - 1 : this.#generation;
    this.#database
      .prepare('UPDATE last SET generation = ?, record = ?, block = ?')
      .run(generation, this.#last, block);
    const { source: id, now } = this.#options;
    const status: Omit<AdvisorySource, 'id'> = { ...this.#counts.status(), syncedAt: now, ...result };
    this.#database
      .prepare(
        'INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET status = excluded.status',
      )
      .run(this.#source, id, JSON.stringify(status));
    this.#end.commit();
    return { generation, ...this.#summary };
  }

  abort(): void {
    this.#end.rollback();
  }

  /** This source's record of that id; one of this write is found although its keys may not be written yet. */
  #find(id: string): OldRow | undefined {
    const put = this.#put.get(id);
    if (put !== undefined) return this.#statements.byNumber.get(put);
    return this.#statements.byId.get(idKey(id), this.#source, id);
  }

  /** Of what stands twice the newest counts; so it does in a file that only adds to what is known. */
  #isOutdone([number, modified]: OldRow, by: number): boolean {
    if (number > this.#lastBefore || this.#isSeen(number)) {
      this.#summary.duplicates += 1;
      return modified >= by;
    }
    return !this.#options.complete && modified > by;
  }

  /** Only its place has changed, or the times of its file. */
  #isSame([number, modified, , , block, slot]: OldRow, raw: Uint8Array, by: number): boolean {
    if (modified !== by || number > this.#lastBefore) return false;
    const before = this.#blocks.record(block, slot);
    return before !== null && Buffer.compare(before, raw) === 0;
  }

  #see(number: number): void {
    if (number > this.#lastBefore) return;
    this.#seen[number >>> 3] = (this.#seen[number >>> 3] ?? 0) | (1 << (number & 7));
  }

  #isSeen(number: number): boolean {
    return ((this.#seen[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  #remove([number, , withdrawn, ecosystems, block]: OldRow): void {
    this.#statements.remove.run(number);
    this.#rows.release(block);
    const [names = '[]'] = this.#statements.ecosystems.get(ecosystems) ?? [];
    // Written by RecordRows.
    this.#counts.remove(JSON.parse(names) as readonly string[], withdrawn === 1);
  }

  #removeUnseen(): void {
    for (let after = 0; ;) {
      const page = this.#statements.page.all(this.#source, after, this.#lastBefore);
      for (const [number, id] of page) {
        const old = this.#isSeen(number) ? undefined : this.#statements.byNumber.get(number);
        if (old === undefined) continue;
        this.#remove(old);
        this.#statements.removal.run(this.#generation, id);
        this.#summary.removed += 1;
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last[0];
    }
  }

  #removeDuplicates(): void {
    const ids = this.#database.prepare<readonly [string]>(
      'SELECT id FROM records GROUP BY id HAVING count(*) > 1',
    );
    const of = this.#database.prepare<OldRow>(
      `SELECT ${OLD} FROM records WHERE id = ? ORDER BY modified DESC, number`,
    );
    for (const [id] of ids.all()) {
      for (const old of of.all(id).slice(1)) {
        this.#remove(old);
        this.#summary.duplicates += 1;
        this.#summary.added -= 1;
      }
    }
  }
}

function lastOf(database: Database): readonly [number, number, number] {
  const statement = database.prepare<readonly [number, number, number]>(
    'SELECT generation, record, block FROM last',
  );
  return statement.get() ?? [0, 0, 0];
}

function sourceOf(database: Database, id: string): readonly [number, AdvisorySource | null] {
  const known = database
    .prepare<readonly [number, string]>('SELECT number, status FROM sources WHERE id = ?')
    .get(id);
  // Written by `finish`.
  if (known !== undefined) return [known[0], { id, ...(JSON.parse(known[1]) as Omit<AdvisorySource, 'id'>) }];
  const [last] = database.prepare<readonly [number | null]>('SELECT max(number) FROM sources').get() ?? [
    null,
  ];
  return [(last ?? 0) + 1, null];
}

interface WriterStatements {
  readonly byStamp: Statement<readonly [number]>;
  readonly byId: Statement<OldRow>;
  readonly byNumber: Statement<OldRow>;
  readonly stamp: Statement<readonly []>;
  readonly remove: Statement<readonly []>;
  readonly removal: Statement<readonly []>;
  readonly ecosystems: Statement<readonly [string]>;
  readonly page: Statement<readonly [number, string]>;
}

function prepare(database: Database): WriterStatements {
  return {
    byStamp: database.prepare('SELECT number FROM records WHERE stamp = ? AND source = ?'),
    byId: database.prepare(
      `SELECT ${OLD} FROM keys CROSS JOIN records ON records.number = keys.record
       WHERE key = ? AND source = ? AND records.id = ?`,
    ),
    byNumber: database.prepare(`SELECT ${OLD} FROM records WHERE number = ?`),
    stamp: database.prepare('UPDATE records SET stamp = ? WHERE number = ?'),
    remove: database.prepare('DELETE FROM records WHERE number = ?'),
    removal: database.prepare('INSERT INTO removals VALUES (?, ?)'),
    ecosystems: database.prepare('SELECT names FROM ecosystems WHERE number = ?'),
    page: database.prepare(
      `SELECT number, id FROM records WHERE source = ? AND number > ? AND number <= ?
       ORDER BY number LIMIT ${PAGE_ROWS}`,
    ),
  };
}
