import type { Clock, Instant, NewFact, SegmentData } from '#model';
import { CHAIN_START, chainHash } from '../chain.ts';
import { sequenceKey, StillHolding } from '../checkpoint.ts';
import { dayEnd, utcDay } from '../day.ts';
import type { Segment } from '../store.ts';
import { checkChain } from './check-chain.ts';
import { payloadHashOf, type RawRecord, type RecordTable } from './records.ts';
import { toSegment, type SegmentRow } from './segments.ts';
import type { Streams } from './streams.ts';
import { brokenChain, chainPlan } from './verification.ts';

const PAGE_RECORDS = 1000;

/** The seals and drops of observation segments. */
export class Retention {
  readonly #streams: Streams;
  readonly #clock: Clock;
  readonly #node: string;

  constructor(streams: Streams, clock: Clock, node: string) {
    this.#streams = streams;
    this.#clock = clock;
    this.#node = node;
  }

  segments(): readonly Segment[] {
    const head = this.#streams.head('observations');
    return this.#retained().map((row) => toSegment(row, head));
  }

  seal(now: Instant): readonly Segment[] {
    const today = utcDay(now);
    const due = this.#retained().filter((row) => row.seal === null && row.day < today);
    if (due.length === 0) return [];
    return this.#streams.transaction(() => due.map((row) => this.#sealOne(row, now)));
  }

  dropSegments(before: Instant): readonly Segment[] {
    const due = this.#retained().filter((row) => row.seal !== null && dayEnd(row.day) <= before);
    const last = due.at(-1);
    if (last === undefined || last.lastPosition === null) return [];
    const end = { position: last.lastPosition, day: last.day };
    const kept = this.#stillHolding(end.position, dayEnd(end.day));
    this.#streams.transaction(() => {
      this.#streams.tables.observations.remove(end.position, kept);
      const checkpoint = { records: kept.length, hash: this.#chainCarried(end.position) };
      const facts = due.map((row) => ({
        ...segmentData(toSegment(row, this.#streams.head('observations'))),
        state: 'dropped' as const,
        checkpoint: row === last ? checkpoint : null,
      }));
      const head = this.#record(facts, this.#clock());
      this.#streams.segments.drop(end.day, head);
    });
    return due.map((row) => toSegment(row, this.#streams.head('observations')));
  }

  #retained(): readonly SegmentRow[] {
    return this.#streams.segments.rows().filter((row) => row.dropped === null);
  }

  #sealOne(row: SegmentRow, now: Instant): Segment {
    const segment = { ...toSegment(row, this.#streams.head('observations')), sealed: true };
    if (row.lastPosition === null) this.#streams.closeSegment();
    this.#streams.segments.seal(row.day, this.#record([segmentData(segment)], now));
    return segment;
  }

  /** Returns the audit's new position. */
  #record(segments: readonly SegmentData[], now: Instant): number {
    const first = this.#streams.head('audit').position + 1;
    const facts = segments.map((data, index) =>
      segmentFact(data, now, { node: this.#node, sequence: first + index }),
    );
    return this.#streams.add('audit', facts).position;
  }

  #stillHolding(last: number, end: Instant): readonly number[] {
    const table = this.#streams.tables.observations;
    const holding = new StillHolding(retractions(table), end);
    for (const record of this.#verifiedUpTo(last)) {
      const fact = table.fact(record);
      if (fact !== null) holding.add(fact);
    }
    return holding.positions();
  }

  /** What is dropped can never be verified again, so it is now. */
  *#verifiedUpTo(last: number): Generator<RawRecord> {
    const pages = checkChain(this.#streams.tables.observations, chainPlan(this.#streams, 'observations'));
    for (let page = pages.next(); ; page = pages.next()) {
      if (page.done === true) {
        if (page.value.ok) return;
        throw brokenChain('observations', page.value);
      }
      yield* page.value.filter((record) => record.position <= last);
      if ((page.value.at(-1)?.position ?? 0) > last) return;
    }
  }

  /** What is left up to `last` becomes a chain of its own. */
  #chainCarried(last: number): string {
    const table = this.#streams.tables.observations;
    let hash = CHAIN_START;
    for (const record of recordsUpTo(table, last)) {
      // Only records whose payload was just read as a fact are kept, so there is a hash.
      hash = chainHash(hash, record.position, payloadHashOf(record) ?? CHAIN_START);
      table.rechain(record.position, hash);
    }
    return hash;
  }
}

function segmentData(segment: Segment): SegmentData {
  const { day, firstPosition, lastPosition, hash } = segment;
  const records = lastPosition - firstPosition + 1;
  return { day, firstPosition, lastPosition, hash, records, state: 'sealed', checkpoint: null };
}

function segmentFact(
  data: SegmentData,
  now: Instant,
  writer: { readonly node: string; readonly sequence: number },
): NewFact {
  return {
    recordedAt: now,
    evidence: 'observed',
    source: { id: 'store', ...writer },
    kind: 'assert',
    subject: { kind: 'segment', id: `observations/${data.day}` },
    validFrom: now,
    data,
  };
}

function retractions(table: RecordTable): ReadonlySet<string> {
  const retracted = new Set<string>();
  for (const record of table.containing('"kind":"retract"')) {
    const fact = table.fact(record);
    if (fact?.kind === 'retract') retracted.add(sequenceKey(fact.source, fact.retracted));
  }
  return retracted;
}

function* recordsUpTo(table: RecordTable, last: number): Generator<RawRecord> {
  for (let after = 0; after < last;) {
    const page = table.page(after, PAGE_RECORDS).filter((record) => record.position <= last);
    yield* page;
    const end = page.at(-1);
    if (end === undefined) return;
    after = end.position;
  }
}
