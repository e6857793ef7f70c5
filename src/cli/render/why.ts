import type { CallAnswer, WhyAnswer } from '#model';
import { numberText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { paint } from '../text/look.ts';
import { fitted, marginLine } from '../text/margin.ts';
import { ago } from '../text/time-text.ts';

const HEADLINES: Readonly<Record<WhyAnswer['answer'], string>> = {
  'observed and declared': 'yes, observed and declared',
  'observed, not declared': 'yes, observed; not declared',
  'declared, never observed': 'declared, but never observed',
  no: 'no, neither observed nor declared',
};

/** Whether there is a call, by which evidence, and what policy says of it. */
export function renderWhy(answer: WhyAnswer, look: Look): readonly string[] {
  const to = answer.port === null ? answer.to : `${answer.to}:${answer.port}`;
  return [
    paint(look, answer.answer === 'no' ? 'warning' : 'strong', HEADLINES[answer.answer]),
    ...answer.calls.map((call) => observedLine(call, look)).filter((line) => line !== null),
    ...declaredLines(answer, look),
    ...(answer.answer === 'no'
      ? [marginLine(look, `  nothing has been seen from ${answer.from} to ${to}`, `sheer calls`)]
      : []),
    fitted(look, `  policy: ${answer.policy}`),
  ];
}

function observedLine(call: CallAnswer, look: Look): string | null {
  if (!call.evidence.includes('observed')) return null;
  const opened =
    call.connections === null ? 'opened connections' : `opened ${connectionsText(call.connections)}`;
  const failed = call.failed === null || call.failed === 0 ? '' : `, ${numberText(call.failed)} failed`;
  const last = call.lastSeen === null ? '' : `, the last one ${ago(look, call.lastSeen)}`;
  const to = call.port === null ? call.to : `${call.to}:${call.port}`;
  return marginLine(look, `  ${call.from} ${opened} to ${to}${failed}${last}`, inSources(call));
}

function declaredLines(answer: WhyAnswer, look: Look): readonly string[] {
  if (answer.answer === 'no') return [];
  const declared = answer.calls.some(({ evidence }) => evidence.includes('declared'));
  if (!declared) return [marginLine(look, '  no team has declared this call', 'sheer declare --suggest')];
  return answer.answer === 'declared, never observed'
    ? [marginLine(look, '  it was declared', 'sheer lint')]
    : ['  it was declared'];
}

function connectionsText(count: number): string {
  return count === 1 ? '1 connection' : `${numberText(count)} connections`;
}

function inSources({ sources }: CallAnswer): string {
  return sources.length === 0 ? '' : `observed, ${sources.join(' ')}`;
}
