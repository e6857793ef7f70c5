import type { Fact, Instant, Subject } from '#model';
import { NONE, ROW_ASSERT, ROW_END } from './fact-columns.ts';
import type { FactTable } from './fact-table.ts';
import { Graph } from './graph.ts';

/** How many tracks are looked at between two pauses: some milliseconds. */
const TRACKS_AT_ONCE = 1000;

/**
 * The same graph without what ended before `before`: of every track only the rows of runs that reach
 * beyond it. Answers for moments from `before` on stay as they are; earlier ones need the streams.
 *
 * It takes 1.6 s where half a million facts are kept, so it pauses again and again at `yield`. The
 * graph may go on in the pauses; what is folded into it then has to be folded into the result, too
 * (a fact that is there already changes nothing).
 */
export function* forgettingPast(graph: Graph, before: Instant): Generator<undefined, Graph> {
  const kept = new Graph(undefined, undefined, graph.positions);
  const { facts } = graph;
  for (let track = 0; track < facts.tracks.length; track++) {
    for (const row of rowsSince(facts, track, before)) {
      kept.apply(facts.streamOf(row), [factOf(facts, track, row)]);
    }
    if (track % TRACKS_AT_ONCE === TRACKS_AT_ONCE - 1) yield;
  }
  kept.facts.continueSequences(facts);
  return kept;
}

/** The rows of those runs that reach beyond `before`. */
function rowsSince(facts: FactTable, track: number, before: Instant): readonly number[] {
  const { next, form, validFrom, validUntil } = facts.rows.columns;
  const kept: number[] = [];
  let run: number[] = [];
  let until = Number.NEGATIVE_INFINITY;
  const closeRun = (end: Instant): void => {
    if (end > before) kept.push(...run);
    run = [];
  };
  for (let row = facts.tracks.columns.head[track] ?? NONE; row !== NONE; row = next[row] ?? NONE) {
    const from = validFrom[row] ?? 0;
    if (form[row] === ROW_ASSERT) {
      if (until < from) closeRun(until);
      run.push(row);
      until = validUntil[row] ?? 0;
    } else if (run.length > 0) {
      run.push(row);
      closeRun(Math.min(until, from));
    }
  }
  closeRun(until);
  return kept;
}

function factOf(facts: FactTable, track: number, row: number): Fact {
  const columns = facts.rows.columns;
  const subject = facts.tracks.columns.subject[track] ?? 0;
  const about: Subject = { kind: facts.subjectKind(subject), id: facts.subjectId(subject) };
  const actor = facts.actorOf(row);
  const [validFrom = 0, validUntil = 0] = [columns.validFrom[row], columns.validUntil[row]];
  const base = {
    position: columns.position[row] ?? 0,
    recordedAt: columns.recordedAt[row] ?? 0,
    evidence: facts.evidenceOf(row),
    source: sourceOf(facts.sourceOf(track), columns.sequence[row] ?? 0),
    subject: about,
    validFrom,
    ...(actor === null ? {} : { actor }),
  };
  if (columns.form[row] === ROW_END) {
    const lastSeen = columns.slackFrom[row] ?? Number.NaN;
    const slack = Number.isNaN(lastSeen) ? {} : { slack: { lastSeen, firstMissing: validFrom } };
    return { ...base, kind: 'end', ...slack };
  }
  const limit = Number.isFinite(validUntil) ? { validUntil } : {};
  // The row's data is of its subject's kind: it was asserted so.
  return { ...base, kind: 'assert', data: facts.dataOf(row), ...limit } as Fact;
}

/** `podman@node-1` as it stood in the fact. */
function sourceOf(name: string, sequence: number): Fact['source'] {
  const at = name.lastIndexOf('@');
  return { id: name.slice(0, at), node: name.slice(at + 1), sequence };
}
