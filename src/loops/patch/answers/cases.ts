import {
  deadlineMs,
  formatInstant,
  type CaseAnswer,
  type CaseData,
  type Instant,
  type Severity,
  type VexData,
  type WaiverData,
} from '#model';
import { history, lastStatement, type HistoryRow } from '#graph';
import type { Vulnerability } from '../affected/vulnerability.ts';
import type { CaseKeeper } from '../cases/case-keeper.ts';
import type { RunningInstance } from '../questions.ts';
import type { PatchView } from '../view.ts';
import { policyOf } from './who.ts';

/** How a case stands now: all of its answer but what is written about it. */
export interface CaseStanding {
  readonly id: string;
  readonly data: CaseData;
  readonly vulnerability: Vulnerability | null;
  readonly severity: Severity;
  /** What runs and holds it; null: it ended a moment ago. */
  readonly held: readonly { readonly instance: RunningInstance | null; readonly isExcused: boolean }[];
  /** The earliest of the environments that still hold it; null: closed, or all that is left is excused. */
  readonly dueAt: Instant | null;
}

/** Null: there never was such a case. */
export function caseStanding(view: PatchView, cases: CaseKeeper, id: string): CaseStanding | null {
  const data = cases.current(id);
  if (data === null) return null;
  const { vulnerability, holding } = cases.assess(id);
  const severity = vulnerability?.severity ?? 'unknown';
  const held = Array.from(holding, ([instance, excuse]) => ({
    instance: view.running.one(instance),
    isExcused: excuse !== null,
  }));
  const standing = { id, data, vulnerability, severity, held };
  return { ...standing, dueAt: dueAt(view, standing) };
}

export function ownersOf({ held }: Pick<CaseStanding, 'held'>): readonly string[] {
  return [...new Set(held.flatMap(({ instance }) => instance?.team ?? []))].toSorted();
}

export function isOverdue(view: PatchView, { dueAt: due }: Pick<CaseStanding, 'dueAt'>): boolean {
  return due !== null && due < view.clock();
}

/** With its timeline, which is read from what was recorded. */
export function caseAnswer(view: PatchView, standing: CaseStanding): CaseAnswer {
  const { id, data, vulnerability, severity, held } = standing;
  const environments = new Set(held.flatMap(({ instance }) => instance?.environment ?? []));
  const rows = rowsOf(view, id, vulnerability);
  return {
    vulnerability: id,
    aliases: [...(vulnerability?.aliases ?? [])],
    state: data.state,
    severity,
    summary: vulnerability?.summary ?? '',
    openedAt: formatInstant(data.openedAt),
    closedAt: data.state === 'closed' ? formatInstant(rows.findLast(isCase)?.validFrom ?? null) : null,
    reopened: data.reopened,
    dueAt: formatInstant(standing.dueAt),
    overdue: isOverdue(view, standing),
    owners: [...ownersOf(standing)],
    environments: [...environments].toSorted(),
    instances: held.length,
    excused: held.filter(({ isExcused }) => isExcused).length,
    timeline: timelineOf(view, vulnerability, rows),
  };
}

function dueAt(
  view: PatchView,
  { data, severity, held }: Pick<CaseStanding, 'data' | 'severity' | 'held'>,
): Instant | null {
  if (data.state === 'closed') return null;
  const waiting = held.filter(({ isExcused }) => !isExcused);
  if (waiting.length === 0) return null;
  const policy = policyOf(view);
  const environments = new Set(waiting.map(({ instance }) => instance?.environment ?? null));
  return Math.min(...Array.from(environments, (each) => data.openedAt + deadlineMs(policy, severity, each)));
}

type CaseRow = HistoryRow & { readonly about: 'case' | 'waiver' | 'vex' };

const isCase = (row: CaseRow): boolean => row.about === 'case';

function rowsOf({ graph, ids }: PatchView, id: string, known: Vulnerability | null): readonly CaseRow[] {
  const names = new Set([id, ...(known?.aliases ?? [])].map((each) => each.toUpperCase()));
  const subjects = new Map<number, CaseRow['about']>();
  const add = (about: CaseRow['about'], each: string): void => {
    const subject = graph.facts.subject(about, each);
    if (subject >= 0) subjects.set(subject, about);
  };
  add('case', id);
  for (const each of ids.of('waiver'))
    if (names.has((each.split('/')[0] ?? '').toUpperCase())) add('waiver', each);
  for (const each of ids.of('vex')) {
    const subject = graph.facts.subject('vex', each);
    const said = lastStatement<'vex'>(graph.facts, subject)?.data;
    if (said !== undefined && names.has(said.vulnerability.toUpperCase())) add('vex', each);
  }
  return history(graph.facts, new Set(subjects.keys())).map((row) => ({
    ...row,
    about: subjects.get(row.subject) ?? 'case',
  }));
}

function timelineOf(
  view: PatchView,
  vulnerability: Vulnerability | null,
  rows: readonly CaseRow[],
): CaseAnswer['timeline'] {
  const events = rows.map((row) => ({ at: row.validFrom, what: whatHappened(row), actor: row.actor }));
  const published = vulnerability?.published ?? null;
  const now = view.clock();
  const expiries = rows
    .filter(({ about, validUntil }) => about === 'waiver' && validUntil !== null && validUntil <= now)
    .map(({ validUntil }) => ({ at: validUntil ?? 0, what: 'a waiver expired', actor: null }));
  const all = [...events, ...expiries];
  if (published !== null) all.push({ at: published, what: 'published', actor: null });
  return all
    .toSorted((left, right) => left.at - right.at)
    .map(({ at, what, actor }) => ({ at: formatInstant(at), what, actor }));
}

function whatHappened({ about, form, data }: CaseRow): string {
  if (about === 'case') {
    // A row about a case holds its data.
    const { state, reason } = data as CaseData;
    return `${state}: ${reason}`;
  }
  if (form === 'end') return about === 'waiver' ? 'the waiver was ended' : 'the VEX statement was taken back';
  if (about === 'waiver') {
    // As above, of a waiver.
    const { subject, owner, reason, until } = data as WaiverData;
    return `waived for ${subject} until ${formatInstant(until)}, ${owner} answers for it: ${reason}`;
  }
  // As above, of a statement.
  const { author, status, justification } = data as VexData;
  return `${author}: ${status.replaceAll('_', ' ')}${justification === null ? '' : `, ${justification.replaceAll('_', ' ')}`}`;
}
