import type { Advisory } from '#model';
import { readVexDocument } from './openvex/read-vex-document.ts';
import type { VexDocument } from './openvex/read-vex-document.ts';
import { readAdvisory } from './osv/read-advisory.ts';
import { parseJson } from './parse-json.ts';
import { formatProblem, type Problem } from './problem.ts';
import { RefusedRecord, type RecordSource, type SourceRecord } from './sources/record-source.ts';

/** Where records go; the store's writer is one. */
export interface RecordSink {
  /** Whether exactly this record is there already; then it is not even parsed. */
  isKnown(stamp: number): boolean;
  put(record: { readonly stamp: number; readonly raw: Uint8Array; readonly advisory: Advisory }): string;
  /** What is there of this id stays, as its successor can't be read. */
  keep(id: string): void;
}

export interface ReadRecordsOptions {
  /** Called after each batch. */
  progress(counts: ReadCounts): void | Promise<void>;
  /** An OpenVEX document that lay among the records. */
  document(document: VexDocument, bytes: Uint8Array): void;
  readonly signal: AbortSignal;
}

export interface ReadCounts {
  /** Everything that was looked at, unchanged and refused ones too. */
  readonly read: number;
  readonly changed: number;
  readonly withdrawn: number;
  readonly refused: number;
  /** Of OpenVEX documents. */
  readonly statements: number;
  /** The first of what was refused. */
  readonly problems: readonly { readonly place: string; readonly problem: string }[];
}

/** More are counted and not listed. */
const PROBLEMS_MAX = 100;

/**
 * Reads a source to its end. A record that can't be read is counted, with its place and reason, and the
 * others go on.
 *
 * @throws SensorError when the source as a whole can't be read
 */
export async function readRecords(
  source: RecordSource,
  sink: RecordSink,
  options: ReadRecordsOptions,
): Promise<ReadCounts> {
  const reading = new RecordsReading(sink, options);
  for await (const batch of source.batches()) {
    options.signal.throwIfAborted();
    for (const record of batch) reading.take(record);
    await options.progress(reading.counts);
  }
  return reading.counts;
}

class RecordsReading {
  readonly counts = { read: 0, changed: 0, withdrawn: 0, refused: 0, statements: 0, problems: [] as Place[] };
  readonly #sink: RecordSink;
  readonly #options: ReadRecordsOptions;

  constructor(sink: RecordSink, options: ReadRecordsOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  take(record: SourceRecord): void {
    this.counts.read += 1;
    if (this.#sink.isKnown(record.stamp)) return;
    const outcome = readRecord(record);
    switch (outcome.kind) {
      case 'advisory':
        this.#put(record.stamp, outcome.advisory, outcome.bytes);
        break;
      case 'document':
        this.counts.statements += outcome.document.statements.length;
        this.#options.document(outcome.document, outcome.bytes);
        break;
      case 'refused':
        this.#refuse({ place: record.place, problem: outcome.problem }, outcome.id ?? record.named);
        break;
    }
  }

  #put(stamp: number, advisory: Advisory, raw: Uint8Array): void {
    const result = this.#sink.put({ stamp, raw, advisory });
    if (result !== 'added' && result !== 'changed') return;
    this.counts.changed += 1;
    if (advisory.withdrawn !== null) this.counts.withdrawn += 1;
  }

  #refuse(place: Place, id: string | null): void {
    this.counts.refused += 1;
    if (id !== null) this.#sink.keep(id);
    if (this.counts.problems.length < PROBLEMS_MAX) this.counts.problems.push(place);
  }
}

interface Place {
  readonly place: string;
  readonly problem: string;
}

type Outcome =
  | { readonly kind: 'advisory'; readonly advisory: Advisory; readonly bytes: Uint8Array }
  | { readonly kind: 'document'; readonly document: VexDocument; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly problem: string; readonly id: string | null };

function readRecord(record: SourceRecord): Outcome {
  try {
    const bytes = record.bytes();
    const json = parseJson(bytes);
    if (json.kind === 'refused') return refused(json.problems, null);
    return isVex(json.value) ? vexOf(json.value, bytes) : advisoryOf(json.value, bytes);
  } catch (error) {
    if (!(error instanceof RefusedRecord)) throw error;
    return { kind: 'refused', problem: error.message, id: null };
  }
}

function advisoryOf(value: unknown, bytes: Uint8Array): Outcome {
  const reading = readAdvisory(value);
  return reading.kind === 'read'
    ? { kind: 'advisory', advisory: reading.value, bytes }
    : refused(reading.problems, idOf(value));
}

function vexOf(value: unknown, bytes: Uint8Array): Outcome {
  const reading = readVexDocument(value);
  return reading.kind === 'read'
    ? { kind: 'document', document: reading.value, bytes }
    : refused(reading.problems, null);
}

function refused(problems: readonly Problem[], id: string | null): Outcome {
  const [first, ...others] = problems;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return { kind: 'refused', problem: `${first === undefined ? '' : formatProblem(first)}${more}`, id };
}

function isVex(value: unknown): boolean {
  const context = memberOf(value, '@context');
  return typeof context === 'string' && /^https:\/\/openvex\.dev\/ns(?:\/|$)/.test(context);
}

function idOf(value: unknown): string | null {
  const id = memberOf(value, 'id');
  return typeof id === 'string' ? id : null;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
