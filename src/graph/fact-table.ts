import { EVIDENCE, type Evidence, type Fact, type Instant, type StoredFact, type SubjectKind } from '#model';
import { DataArena } from './data-arena.ts';
import {
  NONE,
  ROW_ASSERT,
  ROW_END,
  ROW_RETRACTED,
  rowColumns,
  subjectColumns,
  trackColumns,
} from './fact-columns.ts';
import { StringTable } from './string-table.ts';

export type Stream = 'audit' | 'observations';

const STREAMS: readonly Stream[] = ['audit', 'observations'];

/** The kinds by number; a number never changes its meaning, because snapshots hold it. */
const SUBJECT_KINDS: readonly SubjectKind[] = [
  'node',
  'instance',
  'image',
  'address',
  'team',
  'environment',
  'service',
  'external',
  'call',
  'ownership',
  'source',
  'segment',
  'label',
  'build-source',
  'package-list',
  'patch-policy',
  'waiver',
  'vex',
  'case',
  'advisory-source',
];

/**
 * Every fact in columns. What one source says of one subject is a *track*: its asserts and ends in
 * the order of (validFrom, sequence); each assert holds until the next row of its track. A track is
 * a function of the *set* of its facts, and tracks don't touch each other: so the fold gives the
 * same graph in whatever order facts arrive.
 */
export class FactTable {
  readonly rows = rowColumns();
  readonly tracks = trackColumns();
  readonly subjects = subjectColumns();
  #subjectNames = new StringTable();
  /** Of each kind the one that was spoken of last: often the next fact speaks of it again. */
  readonly #lastSubjects: { readonly id: string; readonly subject: number }[] = [];
  #sources = new StringTable();
  /** Decoded: there are few, and every statement names one. */
  readonly #sourceNames: string[] = [];
  #actors = new StringTable();
  #data = new DataArena();
  /** Decoded data of rows that were asked lately; cleared when it grows too large. */
  #decoded = new Map<number, unknown>();
  /** `source sequence` of what was retracted: the fact may arrive after its retraction, or again. */
  #retracted = new Set<string>();
  /** By source number. */
  #highestSequences: number[] = [];
  /** The source of the last fact: usually that of the next one, too. */
  #lastSource = { id: '', node: '', number: NONE };

  get size(): number {
    return this.rows.length;
  }

  get subjectCount(): number {
    return this.#subjectNames.size;
  }

  /** Folds one fact in. Null when it changes nothing (the same fact again). */
  apply(stream: Stream, fact: StoredFact): number | null {
    const subject = this.internSubject(fact.subject.kind, fact.subject.id);
    const source = this.#sourceNumber(fact.source);
    const track = this.#trackOf(subject, source);
    this.#highestSequences[source] = Math.max(this.#highestSequences[source] ?? 0, fact.source.sequence);
    if (fact.kind === 'retract') {
      this.#retracted.add(`${source} ${fact.retracted}`);
      this.#unlink(track, fact.retracted);
      return subject;
    }
    const { previous, duplicate } = this.#placeOf(track, fact.validFrom, fact.source.sequence);
    if (duplicate) return null;
    const row = this.#addRow(stream, track, fact);
    if (this.#retracted.size > 0 && this.#retracted.has(`${source} ${fact.source.sequence}`)) {
      this.rows.columns.form[row] = ROW_RETRACTED;
      return null;
    }
    this.#link(track, previous, row);
    return subject;
  }

  internSubject(kind: SubjectKind, id: string): number {
    const code = SUBJECT_KINDS.indexOf(kind);
    const last = this.#lastSubjects[code];
    if (last?.id === id) return last.subject;
    const before = this.#subjectNames.size;
    const subject = this.#subjectNames.intern(`${String.fromCharCode(65 + code)}${id}`);
    if (subject === before) {
      this.subjects.add();
      const columns = this.subjects.columns;
      columns.kind[subject] = code;
      columns.holder[subject] = NONE;
      columns.firstTrack[subject] = NONE;
      columns.addresses[subject] = NONE;
      columns.nextAddress[subject] = NONE;
      columns.addressKey[subject] = NONE;
      columns.nextOfKey[subject] = NONE;
    }
    this.#lastSubjects[code] = { id, subject };
    return subject;
  }

  /** The subject's number, or -1. */
  subject(kind: SubjectKind, id: string): number {
    return this.#subjectNames.find(`${String.fromCharCode(65 + SUBJECT_KINDS.indexOf(kind))}${id}`);
  }

  subjectId(subject: number): string {
    return this.#subjectNames.at(subject).slice(1);
  }

  subjectKind(subject: number): SubjectKind {
    return SUBJECT_KINDS[this.subjects.columns.kind[subject] ?? 0] ?? 'node';
  }

  /** All subjects of a kind, in the order of their first fact. */
  *subjectsOf(kind: SubjectKind): Generator<number> {
    const code = SUBJECT_KINDS.indexOf(kind);
    const kinds = this.subjects.columns.kind;
    for (let subject = 0; subject < this.subjects.length; subject++)
      if (kinds[subject] === code) yield subject;
  }

  /** Every track of a subject. */
  *tracksOf(subject: number): Generator<number> {
    const next = this.tracks.columns.next;
    for (
      let track = this.subjects.columns.firstTrack[subject] ?? NONE;
      track !== NONE;
      track = next[track] ?? NONE
    )
      yield track;
  }

  /** `podman@node-1` */
  sourceOf(track: number): string {
    const source = this.tracks.columns.source[track] ?? 0;
    return (this.#sourceNames[source] ??= this.#sources.at(source));
  }

  actorOf(row: number): string | null {
    const actor = this.rows.columns.actor[row] ?? NONE;
    return actor === NONE ? null : this.#actors.at(actor);
  }

  streamOf(row: number): Stream {
    return STREAMS[this.rows.columns.stream[row] ?? 0] ?? 'observations';
  }

  evidenceOf(row: number): Evidence {
    return EVIDENCE[this.rows.columns.evidence[row] ?? 0] ?? 'observed';
  }

  /** When anything was said of the subject for the first time, in valid time. */
  firstSaid(subject: number): Instant {
    let first = Number.POSITIVE_INFINITY;
    for (const track of this.tracksOf(subject)) {
      const head = this.tracks.columns.head[track] ?? NONE;
      if (head !== NONE) first = Math.min(first, this.rows.columns.validFrom[head] ?? first);
    }
    return first;
  }

  /** In valid time, when a source (`podman@node-1`) said something of the subject last, its end too; null: never. */
  lastSaidAt(kind: SubjectKind, id: string, source: string): Instant | null {
    const subject = this.subject(kind, id);
    if (subject < 0) return null;
    for (const track of this.tracksOf(subject)) {
      const tail = this.tracks.columns.tail[track] ?? NONE;
      if (tail !== NONE && this.sourceOf(track) === source) return this.rows.columns.validFrom[tail] ?? null;
    }
    return null;
  }

  /** The data of an assert, as it was given. */
  dataOf(row: number): unknown {
    const known = this.#decoded.get(row);
    if (known !== undefined) return known;
    const { dataFrom, dataLength } = this.rows.columns;
    const data: unknown = JSON.parse(this.#data.read(dataFrom[row] ?? 0, dataLength[row] ?? 0));
    this.#remember(row, data);
    return data;
  }

  /** The highest sequence of a source (`podman@node-1`), so that a restarted recorder goes on counting. */
  sequenceOf(source: string): number {
    return this.#highestSequences[this.#sources.find(source)] ?? 0;
  }

  /** Counts on where another table left off, though not all of its rows are here. */
  continueSequences(other: FactTable): void {
    for (let index = 0; index < other.#sources.size; index++) {
      const source = this.#sources.intern(other.#sources.at(index));
      this.#highestSequences[source] = Math.max(
        this.#highestSequences[source] ?? 0,
        other.#highestSequences[index] ?? 0,
      );
    }
  }

  parts(): readonly Uint8Array[] {
    return [
      ...this.rows.parts(),
      ...this.tracks.parts(),
      ...this.subjects.parts(),
      ...this.#subjectNames.parts(),
      ...this.#sources.parts(),
      ...this.#actors.parts(),
      Buffer.from(JSON.stringify({ retracted: [...this.#retracted], sequences: this.#highestSequences })),
      ...this.#data.parts(),
    ];
  }

  static fromParts(parts: readonly Uint8Array[]): FactTable {
    const table = new FactTable();
    let used = 0;
    const take = (count: number): readonly Uint8Array[] => parts.slice(used, (used += count));
    table.rows.load(take(table.rows.width));
    table.tracks.load(take(table.tracks.width));
    table.subjects.load(take(table.subjects.width));
    table.#subjectNames = StringTable.fromParts(take(StringTable.width));
    table.#sources = StringTable.fromParts(take(StringTable.width));
    table.#actors = StringTable.fromParts(take(StringTable.width));
    const [rest] = take(1);
    if (rest === undefined) throw new RangeError('the snapshot has too few parts');
    table.#data = DataArena.fromParts(parts.slice(used));
    // Written by `parts` above.
    const { retracted, sequences } = JSON.parse(Buffer.from(rest).toString()) as {
      readonly retracted: readonly string[];
      readonly sequences: readonly number[];
    };
    table.#retracted = new Set(retracted);
    table.#highestSequences = [...sequences];
    return table;
  }

  #sourceNumber({ id, node }: Fact['source']): number {
    const last = this.#lastSource;
    if (last.id !== id || last.node !== node)
      this.#lastSource = { id, node, number: this.#sources.intern(`${id}@${node}`) };
    return this.#lastSource.number;
  }

  #trackOf(subject: number, source: number): number {
    const columns = this.tracks.columns;
    for (const track of this.tracksOf(subject)) if (columns.source[track] === source) return track;
    const track = this.tracks.add();
    const { subject: subjects, source: sources, head, tail, next } = this.tracks.columns;
    subjects[track] = subject;
    sources[track] = source;
    head[track] = NONE;
    tail[track] = NONE;
    next[track] = this.subjects.columns.firstTrack[subject] ?? NONE;
    this.subjects.columns.firstTrack[subject] = track;
    return track;
  }

  /** The row after which a fact belongs. Facts nearly always come in order, so the tail is tried first. */
  #placeOf(track: number, validFrom: Instant, sequence: number): { previous: number; duplicate: boolean } {
    const rows = this.rows.columns;
    const before = (row: number): boolean => {
      const from = rows.validFrom[row] ?? 0;
      return from < validFrom || (from === validFrom && (rows.sequence[row] ?? 0) < sequence);
    };
    const tail = this.tracks.columns.tail[track] ?? NONE;
    if (tail === NONE || before(tail)) return { previous: tail, duplicate: false };
    let previous = NONE;
    let row = this.tracks.columns.head[track] ?? NONE;
    while (row !== NONE && before(row)) {
      previous = row;
      row = rows.next[row] ?? NONE;
    }
    return { previous, duplicate: row !== NONE && rows.sequence[row] === sequence };
  }

  #addRow(stream: Stream, track: number, fact: Exclude<StoredFact, { kind: 'retract' }>): number {
    const row = this.rows.add();
    const columns = this.rows.columns;
    columns.track[row] = track;
    columns.next[row] = NONE;
    columns.form[row] = fact.kind === 'assert' ? ROW_ASSERT : ROW_END;
    columns.stream[row] = STREAMS.indexOf(stream);
    columns.evidence[row] = EVIDENCE.indexOf(fact.evidence);
    columns.actor[row] = fact.actor === undefined ? NONE : this.#actors.intern(fact.actor);
    columns.validFrom[row] = fact.validFrom;
    columns.validUntil[row] =
      fact.kind === 'assert' ? (fact.validUntil ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    columns.slackFrom[row] =
      fact.kind === 'end' && fact.slack !== undefined ? fact.slack.lastSeen : Number.NaN;
    columns.recordedAt[row] = fact.recordedAt;
    columns.position[row] = fact.position;
    columns.sequence[row] = fact.source.sequence;
    if (fact.kind === 'end') return row;
    const { from, length } = this.#data.write('dataText' in fact ? fact.dataText : JSON.stringify(fact.data));
    columns.dataFrom[row] = from;
    columns.dataLength[row] = length;
    return row;
  }

  #link(track: number, previous: number, row: number): void {
    const { head, tail } = this.tracks.columns;
    const next = this.rows.columns.next;
    const following = previous === NONE ? (head[track] ?? NONE) : (next[previous] ?? NONE);
    next[row] = following;
    if (previous === NONE) head[track] = row;
    else next[previous] = row;
    if (following === NONE) tail[track] = row;
  }

  #unlink(track: number, sequence: number): void {
    const { head, tail } = this.tracks.columns;
    const rows = this.rows.columns;
    let previous = NONE;
    for (let row = head[track] ?? NONE; row !== NONE; previous = row, row = rows.next[row] ?? NONE) {
      if (rows.sequence[row] !== sequence) continue;
      const following = rows.next[row] ?? NONE;
      if (previous === NONE) head[track] = following;
      else rows.next[previous] = following;
      if (following === NONE) tail[track] = previous;
      rows.form[row] = ROW_RETRACTED;
      return;
    }
  }

  #remember(row: number, data: unknown): void {
    if (this.#decoded.size >= DECODED_MAX) this.#decoded.clear();
    this.#decoded.set(row, data);
  }
}

/** About 30 MB of decoded instances at most; decoding one again takes 2 µs. */
const DECODED_MAX = 40_000;
