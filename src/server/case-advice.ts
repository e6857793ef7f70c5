import type { CaseAnswer, LintFinding, NextStep, StatusAnswer } from '#model';
import type { Questions } from '#loops/adopt';
import type { CaseFilter, PatchQuestions } from '#loops/patch';

/** The loops do not know each other: what both of them have a part in is put together here. */
export interface Asked {
  readonly questions: Questions;
  readonly patch: PatchQuestions;
}

/** The status, with how many cases are open. */
export function statusWithCases({ questions, patch }: Asked): StatusAnswer {
  const { open, overdue } = patch.caseCounts(OPEN);
  return { ...questions.status(), cases: { open, overdue } };
}

/** What is overdue is weightier than what has no owner. */
export function lintWithCases({ questions, patch }: Asked): readonly LintFinding[] {
  const overdue = patch.cases({ ...OPEN, overdue: true, limit: null });
  return [...overdue.map(overdueFinding), ...questions.lint()];
}

/** With the step about the cases first where one is overdue, else last; services have their own steps. */
export function nextWithCases({ questions, patch }: Asked, service: string | null): readonly NextStep[] {
  const steps = questions.next(service);
  if (service !== null) return steps;
  const { open, overdue } = patch.caseCounts(OPEN);
  const first = patch.cases({ ...OPEN, overdue: overdue > 0, limit: EVIDENCE_MAX });
  if (overdue > 0) return [caseStep(first, overdue, 'overdue'), ...steps];
  return open > 0 ? [...steps, caseStep(first, open, 'open')] : steps;
}

const OPEN: CaseFilter = { state: 'open', team: null, severity: null, overdue: false };

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

/** @param cases the most urgent of them */
function caseStep(cases: readonly CaseAnswer[], total: number, state: 'open' | 'overdue'): NextStep {
  const [first] = cases;
  const count = total === 1 ? '1 case is' : `${total} cases are`;
  return {
    service: null,
    step: `${count} ${state}: fix what is known to be vulnerable`,
    why:
      state === 'overdue'
        ? 'its time is over, and it still runs'
        : 'it runs, and by when it must be gone is decided already',
    evidence: cases.map(caseText),
    command:
      first !== undefined && total === 1
        ? `sheer fix plan ${first.vulnerability}`
        : state === 'overdue'
          ? 'sheer cases --overdue'
          : 'sheer cases',
  };
}

function caseText({ vulnerability, severity, instances, owners }: CaseAnswer): string {
  const whose = owners.length === 0 ? 'no owner' : owners.join(', ');
  return `${vulnerability}: ${severity}, ${instances} ${instances === 1 ? 'instance' : 'instances'}, ${whose}`;
}
