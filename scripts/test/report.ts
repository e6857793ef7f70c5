import type { Outcome } from './file-run.ts';

/** Sums over everything that ran. */
export class Totals {
  passed = 0;
  failed = 0;
  skipped = 0;

  /** @param strict whether a skipped test is a failed one: in CI nothing may be left out silently. */
  add(outcome: Outcome, strict: boolean): void {
    this.passed += outcome.passed;
    this.failed += outcome.failures.length + (strict ? outcome.skipped.length : 0);
    this.skipped += outcome.skipped.length;
  }
}

const NAME_WIDTH = 58;
const OUTPUT_LINES_MAX = 60;

/** One line for what went well; name, message and output of what did not. */
export function describeOutcome(outcome: Outcome): string {
  const good = outcome.failures.length === 0;
  const lines = [summary(outcome, good)];
  for (const skipped of outcome.skipped) lines.push(`    skipped  ${skipped}`);
  for (const failure of outcome.failures)
    lines.push(`    ✘ ${failure.name}`, indent(failure.message, '        '));
  if (!good && outcome.output.trim() !== '')
    lines.push('    output', indent(lastLines(outcome.output), '      │ '));
  return lines.join('\n');
}

/** The very last line is for machines: `N passed, N failed`. */
export function describeTotals(totals: Totals, durationMs: number): string {
  const skipped = totals.skipped === 0 ? '' : `, ${totals.skipped} skipped`;
  return `\nin ${seconds(durationMs)}${skipped}\n${totals.passed} passed, ${totals.failed} failed`;
}

function summary(outcome: Outcome, good: boolean): string {
  const counts = good
    ? `${outcome.passed} passed`
    : `${outcome.failures.length} failed, ${outcome.passed} passed`;
  return `${good ? '✔' : '✘'} ${outcome.name.padEnd(NAME_WIDTH)} ${counts.padStart(10)}  ${seconds(outcome.durationMs)}`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

function indent(text: string, by: string): string {
  return text.replace(/\n+$/, '').replaceAll(/^/gm, by);
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n');
  const cut = lines.length - OUTPUT_LINES_MAX;
  return cut > 0 ? [`… ${cut} lines before`, ...lines.slice(cut)].join('\n') : lines.join('\n');
}
