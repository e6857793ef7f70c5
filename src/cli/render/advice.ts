import type { LintFinding, NextStep } from '#model';
import { countText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { paint } from '../text/look.ts';
import { marginLine, marginLines, wrapped } from '../text/margin.ts';

const RULES: Readonly<Record<LintFinding['rule'], string>> = {
  'no-owner': 'no owner',
  'selector-conflict': 'two selectors match',
  'declared-never-seen': 'declared, never seen',
  'seen-not-declared': 'seen, not declared',
  'unknown-team': 'unknown team',
  'overdue-case': 'known to be vulnerable, overdue',
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
      lines.push(...marginLines(look, `    ${message}`, next));
      for (const line of evidence) lines.push(...wrapped(look, line, '      '));
    }
  }
  return lines;
}

/** The first step; a person does one at a time. */
export function renderNext(steps: readonly NextStep[], look: Look): readonly string[] {
  const [first] = steps;
  if (first === undefined) return [marginLine(look, 'nothing is left to do', 'sheer lint')];
  const { step, why, evidence, command } = first;
  const more = steps.length - 1;
  return [
    ...marginLines(look, step, command),
    ...wrapped(look, why),
    ...evidence.flatMap((line) => wrapped(look, line, '    ')),
    ...(more === 0 ? [] : ['', marginLine(look, `${countText(more, 'step')} after this one.`, 'sheer lint')]),
  ];
}
