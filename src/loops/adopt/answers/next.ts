import type { NextStep } from '#model';
import { LATEST } from '#graph';
import { callAnswers } from './calls.ts';
import { concerns, type Concern, type LintFinding } from './lint.ts';
import { notFound } from './misnamed.ts';
import { servicesAt } from './services.ts';
import type { View } from './view.ts';

/** What to do first: a finding's rule, its step in words. */
const STEPS: Readonly<Record<LintFinding['rule'], { readonly step: string; readonly why: string }>> = {
  'selector-conflict': {
    step: 'make the selectors exclusive',
    why: 'an instance that two services claim has no name, so its calls have none',
  },
  'no-owner': {
    step: 'name its owner',
    why: 'nobody can be asked, paged or told about a service without an owner',
  },
  'unknown-team': {
    step: 'declare the team, or correct its name',
    why: 'an owner that nobody has declared can’t be reached',
  },
  'declared-never-seen': {
    step: 'correct the declaration or start it',
    why: 'a declaration that matches nothing hides what is missing',
  },
  'seen-not-declared': {
    step: 'declare the call',
    why: 'only a declared call can be told apart from one that should not be',
  },
};

/** The one step that helps most: for one service, or for each that has one. Same graph, same advice. */
export function nextSteps(view: View, service: string | null): readonly NextStep[] {
  const groups = servicesAt(view, LATEST).filter(
    (group) => service === null || group.id === service || group.name === service,
  );
  if (service !== null && groups.length === 0) {
    const known = servicesAt(view, LATEST).map(({ name }) => name);
    throw notFound(`there is no service "${service}"`, { name: service, known, next: 'sheer services' });
  }
  const steps: NextStep[] = [];
  const all = concerns(view);
  for (const { id } of groups) {
    const own = all.find((one) => isAbout(one, id));
    // Whoever asks for the caller learns of it, too; in the list it stands once.
    const concern = own ?? (service === null ? undefined : all.find(({ call }) => call?.from === id));
    if (concern === undefined) continue;
    const { finding } = concern;
    const { step, why } = STEPS[finding.rule];
    steps.push({
      service: id,
      step,
      why,
      evidence: [finding.message, ...finding.evidence],
      command: finding.next,
    });
  }
  const first = Object.keys(STEPS);
  const callers = callerCounts(view);
  return steps.toSorted(
    (left, right) =>
      first.findIndex((rule) => stepOf(rule) === left.step) -
        first.findIndex((rule) => stepOf(rule) === right.step) ||
      (callers.get(right.service ?? '') ?? 0) - (callers.get(left.service ?? '') ?? 0),
  );
}

/** What helps most is what most others need. */
function callerCounts(view: View): ReadonlyMap<string, number> {
  const callers = new Map<string, Set<string>>();
  for (const { from, fromId, toId } of callAnswers(view, {
    at: null,
    team: null,
    environment: null,
    since: null,
  })) {
    if (toId === null || fromId === toId) continue;
    callers.set(toId, (callers.get(toId) ?? new Set()).add(fromId ?? from));
  }
  return new Map([...callers].map(([id, names]) => [id, names.size]));
}

function stepOf(rule: string): string {
  return Object.entries(STEPS).find(([name]) => name === rule)?.[1].step ?? '';
}

/** What was seen and not declared is for who is called to judge, what was declared and not seen for the caller. */
function isAbout({ finding, call }: Concern, id: string): boolean {
  if (call === null) return finding.subject === id || finding.evidence.includes(`declared: ${id}`);
  return id === (finding.rule === 'seen-not-declared' ? call.to : call.from);
}
