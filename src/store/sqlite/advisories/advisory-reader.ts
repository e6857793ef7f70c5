import type { Advisory } from '#model';
import type { AdvisoryChange, AdvisorySource, PackageKey, StoredAdvisory } from '../../advisories.ts';
import type { Database } from '../database.ts';
import { BlockCache } from './block-cache.ts';
import { foldedId, foldedName, idKey, packageKey, withoutRelease } from './lookup-key.ts';

/** What a raw record says; null: it cannot be read (any more). */
export type ReadRaw = (raw: Uint8Array) => Advisory | null;

/** Number, source, id, modified, block, slot. */
type Row = readonly [number, number, string, number, number, number];
const COLUMNS = 'records.number, source, records.id, modified, block, slot';

const BATCH = 1000;
/** Records of packages lie scattered: each has a block of its own to unpack, which takes 0.4 ms. */
const SCATTERED_BATCH = 64;

/** The questions to one file. */
export class AdvisoryReader {
  readonly #database: Database;
  readonly #read: ReadRaw;
  readonly #blocks: BlockCache;
  readonly #sourceNames = new Map<number, string>();
  readonly #statements;

  constructor(database: Database, read: ReadRaw) {
    this.#database = database;
    this.#read = read;
    this.#blocks = new BlockCache(database);
    this.#statements = {
      byKey: database.prepare<Row>(
        `SELECT ${COLUMNS} FROM keys CROSS JOIN records ON records.number = keys.record WHERE key = ?`,
      ),
      numbersOf: database.prepare<readonly [number]>('SELECT record FROM keys WHERE key = ?'),
      byNumber: database.prepare<Row>(`SELECT ${COLUMNS} FROM records WHERE number = ?`),
      changed: database.prepare<Row>(
        `SELECT ${COLUMNS} FROM records WHERE generation > ? AND number > ? ORDER BY number LIMIT ${BATCH}`,
      ),
      removed: database.prepare<readonly [string]>('SELECT DISTINCT id FROM removals WHERE generation > ?'),
      generation: database.prepare<readonly [number]>('SELECT generation FROM last'),
      sourceName: database.prepare<readonly [string]>('SELECT id FROM sources WHERE number = ?'),
      sourceCount: database.prepare<readonly [number]>('SELECT count(*) FROM sources'),
      sources: database.prepare<readonly [number, string, string]>(
        'SELECT number, id, status FROM sources ORDER BY number',
      ),
    };
  }

  byId(id: string): readonly StoredAdvisory[] {
    const folded = foldedId(id);
    return this.#counting(this.#rowsOf(idKey(id)))
      .flatMap((row) => this.#load(row) ?? [])
      .filter(({ advisory }) => [advisory.id, ...advisory.aliases].some((each) => foldedId(each) === folded));
  }

  *forPackages(packages: Iterable<PackageKey>): Iterable<readonly StoredAdvisory[]> {
    const asked = new Set<string>();
    const numbers = new Set<number>();
    for (const { ecosystem, name } of packages) {
      asked.add(`${ecosystem} ${foldedName(name)}`);
      for (const [number] of this.#statements.numbersOf.all(packageKey(ecosystem, name))) numbers.add(number);
    }
    const isAsked = ({ advisory }: StoredAdvisory): boolean =>
      advisory.affected.some((entry) =>
        asked.has(`${withoutRelease(entry.ecosystem)} ${foldedName(entry.name)}`),
      );
    // In the order of their blocks, so that each is unpacked once.
    const sorted = Float64Array.from(numbers).toSorted();
    for (let from = 0; from < sorted.length; from += SCATTERED_BATCH) {
      const rows = [...sorted.subarray(from, from + SCATTERED_BATCH)]
        .map((number) => this.#statements.byNumber.get(number))
        .filter((row) => row !== undefined);
      yield this.#counting(rows)
        .flatMap((row) => this.#load(row) ?? [])
        .filter(isAsked);
    }
  }

  *changedSince(generation: number): Iterable<readonly AdvisoryChange[]> {
    for (let after = 0; ;) {
      const rows = this.#statements.changed.all(generation, after);
      if (rows.length === 0) break;
      after = rows.at(-1)?.[0] ?? after;
      yield this.#counting(rows, true).map((row) => ({ id: row[2], now: this.#load(row) }));
    }
    const removed = this.#statements.removed.all(generation);
    for (let from = 0; from < removed.length; from += BATCH) {
      yield removed.slice(from, from + BATCH).map(([id]) => {
        const [row] = this.#newest(this.#ownRows(id));
        return { id, now: row === undefined ? null : this.#load(row) };
      });
    }
  }

  raw(id: string): Uint8Array | null {
    const [row] = this.#newest(this.#ownRows(id));
    return row === undefined ? null : this.#rawOf(row);
  }

  generation(): number {
    return this.#statements.generation.get()?.[0] ?? 0;
  }

  sources(): readonly AdvisorySource[] {
    return this.#statements.sources.all().map(([, id, status]) => {
      // Written by the writer, from an AdvisorySource without its id.
      const rest = JSON.parse(status) as Omit<AdvisorySource, 'id'>;
      return { id, ...rest };
    });
  }

  #rowsOf(key: number): readonly Row[] {
    return this.#statements.byKey.all(key);
  }

  /** The records whose own id it is, one of each source. */
  #ownRows(id: string): readonly Row[] {
    const folded = foldedId(id);
    return this.#rowsOf(idKey(id)).filter((row) => foldedId(row[2]) === folded);
  }

  /** Of the records of one id the one that counts, in the order of their numbers. */
  #newest(rows: readonly Row[]): readonly Row[] {
    const counting = new Map<string, Row>();
    for (const row of rows) {
      const other = counting.get(row[2]);
      if (other === undefined || isNewer(row, other)) counting.set(row[2], row);
    }
    return [...counting.values()];
  }

  /** Those that no other source's record outdoes; or, `instead`, what counts for each of the ids. */
  #counting(rows: readonly Row[], instead = false): readonly Row[] {
    if ((this.#statements.sourceCount.get()?.[0] ?? 0) < 2) return rows;
    return rows.flatMap((row) => {
      const [newest = row] = this.#newest(this.#ownRows(row[2]));
      return newest[0] === row[0] || instead ? [newest] : [];
    });
  }

  #load(row: Row): StoredAdvisory | null {
    const raw = this.#rawOf(row);
    const advisory = raw === null ? null : this.#read(raw);
    if (advisory === null) return null;
    return { source: this.#sourceName(row[1]), advisory };
  }

  /** Numbers of sources are never used again. */
  #sourceName(number: number): string {
    const known = this.#sourceNames.get(number);
    if (known !== undefined) return known;
    const [name] = this.#statements.sourceName.get(number) ?? [''];
    this.#sourceNames.set(number, name);
    return name;
  }

  #rawOf([, , , , block, slot]: Row): Uint8Array | null {
    return this.#blocks.record(block, slot);
  }

  close(): void {
    this.#database.close();
  }
}

/** Of the same time, the first source's counts. */
function isNewer([, source, , modified]: Row, [, otherSource, , otherModified]: Row): boolean {
  return modified === otherModified ? source < otherSource : modified > otherModified;
}
