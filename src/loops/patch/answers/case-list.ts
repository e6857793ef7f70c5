import { shortestDeadlineMs, type CaseAnswer, type CaseCounts } from '#model';
import type { CaseKeeper } from '../cases/case-keeper.ts';
import type { CaseFilter } from '../questions.ts';
import type { PatchView } from '../view.ts';
import { caseAnswer, caseStanding, isOverdue, ownersOf, type CaseStanding } from './cases.ts';
import { demandTeam } from './misnamed.ts';
import { policyOf } from './who.ts';

/** The most urgent first; what is closed last, and of that the newest first. */
export function caseAnswers(
  view: PatchView,
  cases: CaseKeeper,
  { limit, ...filter }: CaseFilter & { readonly limit: number | null },
): readonly CaseAnswer[] {
  return standings(view, cases, filter)
    .toSorted(byUrgency)
    .slice(0, limit ?? Number.POSITIVE_INFINITY)
    .map((standing) => caseAnswer(view, standing));
}

/** What costs is looking at who holds it: of most cases the state and its age tell enough. */
export function caseCounts(view: PatchView, cases: CaseKeeper, filter: CaseFilter): CaseCounts {
  if (filter.team === null && filter.severity === null && !filter.overdue) {
    const states = [...view.ids.of('case')].map((id) => cases.current(id)?.state);
    const count = (state: 'open' | 'closed'): number =>
      filter.state !== null && filter.state !== state ? 0 : states.filter((each) => each === state).length;
    const overdue =
      filter.state === 'closed' ? 0 : standings(view, cases, { ...filter, overdue: true }).length;
    return { open: count('open'), closed: count('closed'), overdue };
  }
  const found = standings(view, cases, filter);
  return {
    open: found.filter(({ data }) => data.state === 'open').length,
    closed: found.filter(({ data }) => data.state === 'closed').length,
    overdue: found.filter((standing) => isOverdue(view, standing)).length,
  };
}

function standings(view: PatchView, cases: CaseKeeper, filter: CaseFilter): readonly CaseStanding[] {
  const { state, team, severity, overdue } = filter;
  if (team !== null) demandTeam(view, team);
  // Younger cases can't be overdue, whoever holds them.
  const openedBefore = overdue ? view.clock() - shortestDeadlineMs(policyOf(view)) : Number.POSITIVE_INFINITY;
  return [...view.ids.of('case')]
    .filter((id) => {
      const data = cases.current(id);
      return data !== null && (state === null || data.state === state) && data.openedAt < openedBefore;
    })
    .flatMap((id) => caseStanding(view, cases, id) ?? [])
    .filter((standing) => !overdue || isOverdue(view, standing))
    .filter((standing) => severity === null || standing.severity === severity)
    .filter((standing) => team === null || ownersOf(standing).includes(team));
}

const SEVERITIES = ['critical', 'high', 'medium', 'unknown', 'low'] as const;

function byUrgency(left: CaseStanding, right: CaseStanding): number {
  if (left.data.state !== right.data.state) return left.data.state === 'open' ? -1 : 1;
  return (
    compareDue(left.dueAt, right.dueAt) ||
    SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) ||
    right.held.length - left.held.length ||
    right.data.openedAt - left.data.openedAt ||
    (left.id < right.id ? -1 : 1)
  );
}

/** What is excused is due at no time, and comes after what is. */
function compareDue(left: number | null, right: number | null): number {
  if (left === right) return 0;
  return (left ?? Number.POSITIVE_INFINITY) - (right ?? Number.POSITIVE_INFINITY);
}
