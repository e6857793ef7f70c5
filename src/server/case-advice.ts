import type { CaseAnswer, LintFinding, NextStep, StatusAnswer } from '#model';
import type { Questions } from '#loops/adopt';
import type { PatchQuestions } from '#loops/patch';

/** The loops do not know each other: what both of them have a part in is put together here. */
export interface Asked {
  readonly questions: Questions;
  readonly patch: PatchQuestions;
}

/** The status, with how many cases are open. */
export function statusWithCases({ questions, patch }: Asked): StatusAnswer {
  const open = openCases(patch);
  const overdue = open.filter((one) => one.overdue).length;
  return { ...questions.status(), cases: { open: open.length, overdue } };
}

/** What is overdue is weightier than what has no owner. */
export function lintWithCases({ questions, patch }: Asked): readonly LintFinding[] {
  const overdue = openCases(patch).filter((one) => one.overdue);
  return [...overdue.map(overdueFinding), ...questions.lint()];
}

/** With the step about the cases first where one is overdue, else last; services have their own steps. */
export function nextWithCases({ questions, patch }: Asked, service: string | null): readonly NextStep[] {
  const steps = questions.next(service);
  if (service !== null) return steps;
  const open = openCases(patch);
  const overdue = open.filter((one) => one.overdue);
  if (overdue.length > 0) return [caseStep(overdue, 'overdue'), ...steps];
  return open.length > 0 ? [...steps, caseStep(open, 'open')] : steps;
}

function openCases(patch: PatchQuestions): readonly CaseAnswer[] {
  return patch.cases({ state: 'open', team: null });
}

function overdueFinding(one: CaseAnswer): LintFinding {
  return {
    rule: 'overdue-case',
    subject: one.vulnerability,
    message: `${one.vulnerability} still runs, and was due ${one.dueAt ?? ''}`.trimEnd(),
    evidence: [caseText(one)],
    next: `sheer fix plan ${one.vulnerability}`,
  };
}

const EVIDENCE_MAX = 3;

function caseStep(cases: readonly CaseAnswer[], state: 'open' | 'overdue'): NextStep {
  const [first] = cases;
  const count = cases.length === 1 ? '1 case is' : `${cases.length} cases are`;
  return {
    service: null,
    step: `${count} ${state}: fix what is known to be vulnerable`,
    why:
      state === 'overdue'
        ? 'its time is over, and it still runs'
        : 'it runs, and by when it must be gone is decided already',
    evidence: cases.slice(0, EVIDENCE_MAX).map(caseText),
    command:
      first !== undefined && cases.length === 1 ? `sheer fix plan ${first.vulnerability}` : 'sheer cases',
  };
}

function caseText({ vulnerability, severity, instances, owners }: CaseAnswer): string {
  const whose = owners.length === 0 ? 'no owner' : owners.join(', ');
  return `${vulnerability}: ${severity}, ${instances} ${instances === 1 ? 'instance' : 'instances'}, ${whose}`;
}
