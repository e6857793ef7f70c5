import type { Evidence, Instant, Slack, Subject, SubjectData, SubjectKind } from '#model';
import { NONE, ROW_ASSERT, ROW_END } from './fact-columns.ts';
import type { FactTable, Stream } from './fact-table.ts';

/** Later than every moment that a fact can name: asks for what holds as far as anybody knows. */
export const LATEST: Instant = Number.MAX_VALUE;

/** What one source says of one subject during one interval. */
export interface Statement<K extends SubjectKind = SubjectKind> {
  readonly row: number;
  readonly subject: number;
  readonly id: string;
  readonly data: SubjectData[K];
  /** From when this data holds. */
  readonly from: Instant;
  /** From when the source says something of the subject without a break. */
  readonly since: Instant;
  /** When it ceases to be said; FOREVER while it holds. Newer data of the same run doesn't end it. */
  readonly until: Instant;
  /** The end was not seen: from `lastSeen` on it is uncertain. */
  readonly slack: Slack | null;
  readonly evidence: Evidence;
  /** `podman@node-1` */
  readonly source: string;
}

/** What holds of the subject at `at`: one statement for each source that speaks, by source name. */
export function statements<K extends SubjectKind>(
  table: FactTable,
  subject: number,
  at: Instant,
): readonly Statement<K>[] {
  const found: Statement<K>[] = [];
  for (const track of table.tracksOf(subject)) {
    const row = rowAt(table, track, at);
    if (row !== NONE) found.push(statementOf(table, track, row));
  }
  return found.length < 2 ? found : found.toSorted((left, right) => (left.source < right.source ? -1 : 1));
}

/** The first of {@link statements}; null when nobody says anything. */
export function statement<K extends SubjectKind>(
  table: FactTable,
  subject: number,
  at: Instant,
): Statement<K> | null {
  return statements<K>(table, subject, at)[0] ?? null;
}

/** When something was said without a break; the row holds its newest data. */
export interface Run extends Pick<Statement, 'row' | 'since' | 'until' | 'slack'> {
  readonly track: number;
}

/** Every run in which something was said: by source, then time. */
export function* runs(table: FactTable, subject: number): Generator<Run> {
  const { form, next, validUntil, validFrom } = table.rows.columns;
  for (const track of table.tracksOf(subject)) {
    for (let row = table.tracks.columns.head[track] ?? NONE; row !== NONE; row = next[row] ?? NONE) {
      if (form[row] !== ROW_ASSERT) continue;
      const following = next[row] ?? NONE;
      const continued =
        following !== NONE &&
        form[following] === ROW_ASSERT &&
        (validUntil[row] ?? 0) >= (validFrom[following] ?? 0);
      if (!continued) yield { track, row, since: beginOf(table, track, row), ...endOf(table, row) };
    }
  }
}

/** {@link runs} with what was said. */
export function* runStatements<K extends SubjectKind>(
  table: FactTable,
  subject: number,
): Generator<Statement<K>> {
  for (const { track, row } of runs(table, subject)) yield statementOf(table, track, row);
}

/** All data that was ever said of the subject: by source, then time. */
export function* everSaid<K extends SubjectKind>(
  table: FactTable,
  subject: number,
): Generator<SubjectData[K]> {
  const { form, next } = table.rows.columns;
  for (const track of table.tracksOf(subject)) {
    for (let row = table.tracks.columns.head[track] ?? NONE; row !== NONE; row = next[row] ?? NONE) {
      // The row is about this subject, whose kind the caller names.
      if (form[row] === ROW_ASSERT) yield table.dataOf(row) as SubjectData[K];
    }
  }
}

/** The last thing that any source ever said of the subject. */
export function lastStatement<K extends SubjectKind>(table: FactTable, subject: number): Statement<K> | null {
  let last: Statement<K> | null = null;
  for (const run of runStatements<K>(table, subject)) if (last === null || run.from >= last.from) last = run;
  return last;
}

/** What one source says of a subject with no end in sight; what a recorder compares news against. */
export function current<K extends SubjectKind>(
  table: FactTable,
  kind: K,
  id: string,
  source: string,
): Statement<K> | null {
  const subject = table.subject(kind, id);
  if (subject < 0) return null;
  const { form, validUntil } = table.rows.columns;
  for (const track of table.tracksOf(subject)) {
    if (table.sourceOf(track) !== source) continue;
    const tail = table.tracks.columns.tail[track] ?? NONE;
    if (tail === NONE || form[tail] !== ROW_ASSERT || validUntil[tail] !== Number.POSITIVE_INFINITY)
      return null;
    return statementOf(table, track, tail);
  }
  return null;
}

/** The newest of what one source said of a subject in the last run that began before `before`. */
export function lastRunBefore(
  table: FactTable,
  { kind, id }: Subject,
  source: string,
  before: Instant,
): Statement | null {
  const subject = table.subject(kind, id);
  if (subject < 0) return null;
  let last: Statement | null = null;
  for (const run of runStatements(table, subject))
    if (run.source === source && run.since < before) last = run;
  return last;
}

/** One line of a subject's past. */
export interface HistoryRow {
  readonly subject: number;
  readonly stream: Stream;
  readonly position: number;
  readonly form: 'assert' | 'end' | 'retract';
  readonly validFrom: Instant;
  readonly validUntil: Instant | null;
  readonly recordedAt: Instant;
  readonly evidence: Evidence;
  readonly source: string;
  readonly actor: string | null;
  readonly data: unknown;
}

/** Everything that was ever said of the subjects, retracted facts too, in the order in which it was learnt. */
export function history(table: FactTable, subjects: ReadonlySet<number>): readonly HistoryRow[] {
  const { track: tracks } = table.rows.columns;
  const owners = table.tracks.columns.subject;
  const found: HistoryRow[] = [];
  for (let row = 0; row < table.size; row++) {
    const track = tracks[row] ?? NONE;
    const subject = owners[track] ?? NONE;
    if (subjects.has(subject)) found.push(historyRow(table, subject, track, row));
  }
  return found;
}

/** The assert of the track that holds at `at`. The newest is tried first: most questions are about now. */
function rowAt(table: FactTable, track: number, at: Instant): number {
  const { validFrom, validUntil, form } = table.rows.columns;
  const tail = table.tracks.columns.tail[track] ?? NONE;
  const isTail = tail !== NONE && (validFrom[tail] ?? 0) <= at;
  const candidate = isTail ? tail : lastBefore(table, track, at);
  const isSaid = candidate !== NONE && form[candidate] === ROW_ASSERT && at < (validUntil[candidate] ?? 0);
  return isSaid ? candidate : NONE;
}

function lastBefore(table: FactTable, track: number, at: Instant): number {
  const { validFrom, next } = table.rows.columns;
  let last = NONE;
  for (let row = table.tracks.columns.head[track] ?? NONE; row !== NONE; row = next[row] ?? NONE) {
    if ((validFrom[row] ?? 0) > at) break;
    last = row;
  }
  return last;
}

function statementOf<K extends SubjectKind>(table: FactTable, track: number, row: number): Statement<K> {
  const subject = table.tracks.columns.subject[track] ?? 0;
  return {
    row,
    subject,
    id: table.subjectId(subject),
    // The row is about this subject, whose kind the caller names.
    data: table.dataOf(row) as SubjectData[K],
    from: table.rows.columns.validFrom[row] ?? 0,
    since: beginOf(table, track, row),
    ...endOf(table, row),
    evidence: table.evidenceOf(row),
    source: table.sourceOf(track),
  };
}

/** Where the run that contains the row ends. */
function endOf(table: FactTable, start: number): { readonly until: Instant; readonly slack: Slack | null } {
  const { next, form, validFrom, validUntil, slackFrom } = table.rows.columns;
  for (let row = start; ;) {
    const following = next[row] ?? NONE;
    const until = validUntil[row] ?? 0;
    const from = validFrom[following] ?? 0;
    if (following === NONE || until < from) return { until, slack: null };
    if (form[following] === ROW_END) {
      const lastSeen = slackFrom[following] ?? Number.NaN;
      return { until: from, slack: Number.isNaN(lastSeen) ? null : { lastSeen, firstMissing: from } };
    }
    row = following;
  }
}

/** Where the run that contains the row begins. */
function beginOf(table: FactTable, track: number, target: number): Instant {
  const { next, form, validFrom, validUntil } = table.rows.columns;
  let begin = Number.NaN;
  let until = Number.NEGATIVE_INFINITY;
  for (let row = table.tracks.columns.head[track] ?? NONE; row !== NONE; row = next[row] ?? NONE) {
    const from = validFrom[row] ?? 0;
    if (form[row] === ROW_END) begin = Number.NaN;
    else if (Number.isNaN(begin) || until < from) begin = from;
    until = validUntil[row] ?? 0;
    if (row === target) break;
  }
  return begin;
}

function historyRow(table: FactTable, subject: number, track: number, row: number): HistoryRow {
  const columns = table.rows.columns;
  const form = columns.form[row];
  const until = columns.validUntil[row] ?? 0;
  return {
    subject,
    stream: table.streamOf(row),
    position: columns.position[row] ?? 0,
    form: form === ROW_ASSERT ? 'assert' : form === ROW_END ? 'end' : 'retract',
    validFrom: columns.validFrom[row] ?? 0,
    validUntil: Number.isFinite(until) ? until : null,
    recordedAt: columns.recordedAt[row] ?? 0,
    evidence: table.evidenceOf(row),
    source: table.sourceOf(track),
    actor: table.actorOf(row),
    data: (columns.dataLength[row] ?? 0) === 0 ? null : table.dataOf(row),
  };
}
