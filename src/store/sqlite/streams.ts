import type { Fact, NewFact } from '#model';
import { CHAIN_START } from '../chain.ts';
import { payloadOf } from '../fact-text.ts';
import { StoreError } from '../store-error.ts';
import type { Head, StreamName } from '../store.ts';
import type { Database } from './database.ts';
import { RecordTable } from './records.ts';
import { SegmentTable, type NewestSegment } from './segments.ts';

interface Ends {
  readonly audit: Head;
  readonly observations: Head;
  readonly segment: NewestSegment | null;
}

type Listener = (stream: StreamName, facts: readonly Fact[]) => void;

const NOWHERE: Head = { position: 0, hash: CHAIN_START };

/** Both streams' ends in memory, their rows in the database, and who watches them. */
export class Streams {
  readonly #database: Database;
  readonly #checkPlace: () => void;
  readonly tables: Readonly<Record<StreamName, RecordTable>>;
  readonly segments: SegmentTable;
  readonly #listeners = new Set<Listener>();
  #written: { readonly stream: StreamName; readonly facts: readonly Fact[] }[] = [];
  #delivering = false;
  #ends: Ends;

  /** @param checkPlace throws when the files are no longer where they were */
  constructor(database: Database, checkPlace: () => void) {
    this.#database = database;
    this.#checkPlace = checkPlace;
    this.tables = {
      audit: new RecordTable(database, 'audit'),
      observations: new RecordTable(database, 'observations'),
    };
    this.segments = new SegmentTable(database);
    const observations = this.tables.observations.last() ?? NOWHERE;
    const dropped = this.dropped();
    this.#ends = {
      audit: this.tables.audit.last() ?? NOWHERE,
      observations: observations.position > dropped.position ? observations : dropped,
      segment: this.segments.newest(),
    };
  }

  head(stream: StreamName): Head {
    return this.#ends[stream];
  }

  /** Up to where observations were dropped. */
  dropped(): Head {
    const row = this.segments.rows().findLast((segment) => segment.dropped !== null);
    if (row === undefined || row.lastPosition === null || row.hash === null) return NOWHERE;
    return { position: row.lastPosition, hash: row.hash };
  }

  /** Runs `work` as one durable transaction, then tells the listeners what it added. */
  transaction<Result>(work: () => Result): Result {
    this.#checkPlace();
    const ends = this.#ends;
    const written = this.#written.length;
    let result: Result;
    try {
      result = this.#database.transaction(work);
    } catch (error) {
      this.#ends = ends;
      this.#written.length = written;
      throw error;
    }
    this.#deliver();
    return result;
  }

  /** Adds facts behind the head; inside a {@link transaction}. */
  add(stream: StreamName, facts: readonly NewFact[]): Head {
    let head = this.#ends[stream];
    let segment = this.#ends.segment;
    const first = head.position + 1;
    for (const fact of facts) {
      checkTimes(fact);
      if (stream === 'observations') segment = this.segments.place(segment, fact.recordedAt, head);
      head = this.tables[stream].add(head, payloadOf(fact));
    }
    this.#ends = { ...this.#ends, [stream]: head, segment };
    if (this.#listeners.size > 0) this.#written.push({ stream, facts: withPositions(facts, first) });
    return head;
  }

  /** Closes the newest segment at the head; inside a {@link transaction}. */
  closeSegment(): void {
    const { segment, observations } = this.#ends;
    if (segment === null || segment.closed) return;
    this.segments.close(segment.day, observations);
    this.#ends = { ...this.#ends, segment: { ...segment, closed: true } };
  }

  watch(listener: Listener): () => void {
    const own: Listener = (stream, facts) => listener(stream, facts);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** In the order of writing, also when a listener writes. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#written.shift(); next !== undefined; next = this.#written.shift()) {
      for (const listener of this.#listeners) notify(listener, next.stream, next.facts);
    }
    this.#delivering = false;
  }
}

/** The facts are durable whatever a listener does, so its failure must not look like the writer's. */
function notify(listener: Listener, stream: StreamName, facts: readonly Fact[]): void {
  try {
    listener(stream, facts);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function withPositions(facts: readonly NewFact[], first: number): readonly Fact[] {
  return facts.map((fact, index) => ({ ...fact, position: first + index }));
}

/** JSON has no infinity and would write null. */
function checkTimes(fact: NewFact): void {
  const until = fact.kind === 'assert' ? (fact.validUntil ?? 0) : 0;
  if (Number.isFinite(fact.recordedAt) && Number.isFinite(fact.validFrom) && Number.isFinite(until)) return;
  throw new StoreError(
    'invalid-input',
    `A fact about ${fact.subject.kind} ${fact.subject.id} has a time that is no moment.`,
    { next: 'Leave validUntil out where there is no end.' },
  );
}
