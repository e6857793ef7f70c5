import type { Clock, Fact, Instant, NewFact, StoredFact } from '#model';
import { CHAIN_START } from '../chain.ts';
import { ContentFiles } from '../files/content.ts';
import { SnapshotFiles } from '../files/snapshots.ts';
import { StoreError } from '../store-error.ts';
import type {
  ContentStore,
  Head,
  MeasurementStore,
  Segment,
  SnapshotStore,
  Store,
  StoredRecord,
  StreamName,
  Verification,
} from '../store.ts';
import { checkChain, type ChainPlan } from './check-chain.ts';
import type { Database } from './database.ts';
import { SqliteMeasurements } from './measurements.ts';
import { payloadHashOf, type RawRecord } from './records.ts';
import { Retention } from './retention.ts';
import type { StatePaths } from './state-directory.ts';
import { Streams } from './streams.ts';
import { brokenChain, chainPlan, verifyStream } from './verification.ts';

export interface SqliteStoreParts {
  readonly paths: StatePaths;
  readonly database: Database;
  readonly clock: Clock;
  readonly node: string;
  /** Translates failures of files. */
  readonly guarded: <Result>(work: () => Result) => Result;
  /** Throws when the database is no longer where it was. */
  readonly checkPlace: () => void;
  readonly close: () => void;
}

const PAGE_RECORDS = 1000;

/** The store on one SQLite database, with files beside it. See {@link Store} for the contract. */
export class SqliteStore implements Store {
  readonly snapshots: SnapshotStore;
  readonly measurements: MeasurementStore;
  readonly content: ContentStore;
  readonly #database: Database;
  readonly #streams: Streams;
  readonly #retention: Retention;
  readonly #snapshotFiles: SnapshotFiles;
  readonly #close: () => void;

  constructor(parts: SqliteStoreParts) {
    const { paths, database, guarded } = parts;
    this.#database = database;
    this.#streams = new Streams(database, parts.checkPlace);
    this.#retention = new Retention(this.#streams, parts.clock, parts.node);
    this.#snapshotFiles = new SnapshotFiles({
      folder: paths.snapshots,
      guarded,
      hashAt: (stream, position) => this.#hashAt(stream, position),
    });
    this.snapshots = this.#snapshotFiles;
    this.measurements = new SqliteMeasurements(database, parts.clock, (work) =>
      this.#streams.transaction(work),
    );
    this.content = new ContentFiles(paths.content, guarded);
    this.#close = parts.close;
  }

  append(stream: StreamName, facts: readonly NewFact[], expected: number): Head {
    const head = this.head(stream);
    if (head.position !== expected) {
      throw new StoreError(
        'record-broken',
        `The ${stream} end at record ${head.position}, not at ${expected}; nothing was recorded.`,
        { remedy: 'retry' },
      );
    }
    return facts.length === 0 ? head : this.#streams.transaction(() => this.#streams.add(stream, facts));
  }

  head(stream: StreamName): Head {
    return this.#streams.head(stream);
  }

  *read(stream: StreamName, after: number, limit = Number.POSITIVE_INFINITY): Iterable<readonly Fact[]> {
    let left = limit;
    for (const page of this.#pages(stream, after)) {
      const facts = this.#facts(stream, page.slice(0, left));
      if (facts.length > 0) yield facts;
      left -= page.length;
      if (left <= 0) return;
    }
  }

  *replay(stream: StreamName, after: number): Iterable<readonly Fact[]> {
    for (const page of this.#verified(stream, after)) {
      const facts = this.#facts(stream, page);
      if (facts.length > 0) yield facts;
    }
  }

  *replayStored(stream: StreamName, after: number): Iterable<readonly StoredFact[]> {
    const table = this.#streams.tables[stream];
    for (const page of this.#verified(stream, after)) {
      const facts = page.map((record) => table.storedFact(record)).filter((fact) => fact !== null);
      if (facts.length > 0) yield facts;
    }
  }

  *records(stream: StreamName, after: number): Iterable<readonly StoredRecord[]> {
    for (const page of this.#pages(stream, after)) yield page.map(toStored);
  }

  watch(listener: (stream: StreamName, facts: readonly Fact[]) => void): () => void {
    return this.#streams.watch(listener);
  }

  seal(now: Instant): readonly Segment[] {
    return this.#retention.seal(now);
  }

  segments(): readonly Segment[] {
    return this.#retention.segments();
  }

  dropSegments(before: Instant): readonly Segment[] {
    return this.#retention.dropSegments(before);
  }

  verify(stream: StreamName, expectedHead?: Head): Verification {
    return verifyStream(this.#streams, stream, expectedHead);
  }

  /**
   * The payload is overwritten in the file and in its log, and the snapshots go, which may hold it:
   * the next start is a replay.
   */
  erase(stream: StreamName, position: number): void {
    const record = this.#streams.tables[stream].at(position);
    const hash = record === null ? null : payloadHashOf(record);
    if (record === null || hash === null) {
      throw new StoreError(
        'not-found',
        `There is no record ${position} in the ${stream} that could be erased.`,
      );
    }
    const fact = this.#streams.tables[stream].fact(record);
    if (fact?.subject.kind === 'segment') {
      throw new StoreError(
        'invalid-input',
        `Record ${position} of the ${stream} seals a day; it cannot be erased.`,
      );
    }
    this.#streams.transaction(() => this.#streams.tables[stream].erase(position, hash));
    this.#database.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#snapshotFiles.removeAll();
  }

  close(): void {
    this.#close();
  }

  /** Records behind `after`, once they fit. */
  *#verified(stream: StreamName, after: number): Generator<readonly RawRecord[]> {
    const pages = checkChain(this.#streams.tables[stream], this.#planAfter(stream, after));
    for (let page = pages.next(); ; page = pages.next()) {
      if (page.done === true) {
        if (page.value.ok) return;
        throw brokenChain(stream, page.value);
      }
      yield page.value.filter((record) => record.position > after);
    }
  }

  *#pages(stream: StreamName, after: number): Generator<readonly RawRecord[]> {
    const table = this.#streams.tables[stream];
    for (let from = after; ;) {
      const page = table.page(from, PAGE_RECORDS);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      from = last.position;
    }
  }

  #facts(stream: StreamName, page: readonly RawRecord[]): readonly Fact[] {
    const table = this.#streams.tables[stream];
    return page.map((record) => table.fact(record)).filter((fact) => fact !== null);
  }

  /** Behind what was dropped, one may start anywhere on the hash that stands there. */
  #planAfter(stream: StreamName, after: number): ChainPlan {
    const plan = chainPlan(this.#streams, stream);
    if (after < plan.start.position || after === 0) return plan;
    const start = { position: after, hash: this.#hashAt(stream, after) ?? CHAIN_START };
    return { ...plan, start, checkpoint: null };
  }

  #hashAt(stream: StreamName, position: number): string | null {
    if (position === 0) return CHAIN_START;
    const dropped = stream === 'audit' ? null : this.#streams.dropped();
    if (dropped === null || position > dropped.position) return this.#streams.tables[stream].hashAt(position);
    return position === dropped.position ? dropped.hash : null;
  }
}

function toStored(record: RawRecord): StoredRecord {
  const { position, payload, hash } = record;
  return { position, payload, hash, payloadHash: payloadHashOf(record) ?? '' };
}
