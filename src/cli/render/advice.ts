import type { LintFinding, NextStep } from '#model';
import { countText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { paint } from '../text/look.ts';
import { marginLine, wrapped } from '../text/margin.ts';

const RULES: Readonly<Record<LintFinding['rule'], string>> = {
  'no-owner': 'no owner',
  'selector-conflict': 'two selectors match',
  'declared-never-seen': 'declared, never seen',
  'seen-not-declared': 'seen, not declared',
  'unknown-team': 'unknown team',
};

export function renderLint(findings: readonly LintFinding[], look: Look): readonly string[] {
  if (findings.length === 0) {
    return [marginLine(look, 'nothing to do: all is owned, and as it was declared', 'sheer next')];
  }
  const groups = Map.groupBy(findings, ({ rule }) => rule);
  const lines = [countText(findings.length, 'finding')];
  for (const [rule, members] of groups) {
    lines.push('', paint(look, 'warning', `  ${RULES[rule]}   ${members.length}`));
    for (const { message, next, evidence } of members) {
      lines.push(marginLine(look, `    ${message}`, next));
      for (const line of evidence) lines.push(...wrapped(look, line, '      '));
    }
  }
  return lines;
}

export function renderNext(steps: readonly NextStep[], look: Look): readonly string[] {
  if (steps.length === 0) return [marginLine(look, 'nothing is left to do', 'sheer lint')];
  return steps.flatMap(({ step, why, evidence, command }, index) => [
    ...(index === 0 ? [] : ['']),
    marginLine(look, step, command),
    ...wrapped(look, why),
    ...evidence.flatMap((line) => wrapped(look, line, '    ')),
  ]);
}
