import type { CallAnswer, WhyAnswer } from '#model';
import { countText, numberText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { paint } from '../text/look.ts';
import { fitted, marginLine } from '../text/margin.ts';
import { ago } from '../text/time-text.ts';
import { shortId, sourcesText } from './names.ts';

const HEADLINES: Readonly<Record<WhyAnswer['answer'], string>> = {
  'observed and declared': 'yes, observed and declared',
  'observed, not declared': 'yes, observed; not declared',
  'declared, never observed': 'declared, but never observed',
  no: 'no, neither observed nor declared',
};

/** Whether there is a call, by which evidence, and what policy says of it. */
export function renderWhy(answer: WhyAnswer, look: Look): readonly string[] {
  const to = answer.port === null ? shortId(answer.to) : `${shortId(answer.to)}:${answer.port}`;
  return [
    paint(look, answer.answer === 'no' ? 'warning' : 'strong', HEADLINES[answer.answer]),
    ...answer.calls.flatMap((call) => observedLines(call, look)),
    ...declaredLines(answer, look),
    ...(answer.answer === 'no'
      ? [marginLine(look, `  nothing has been seen from ${shortId(answer.from)} to ${to}`, 'sheer calls')]
      : []),
    fitted(look, `  policy: ${answer.policy}`),
  ];
}

function observedLines(call: CallAnswer, look: Look): readonly string[] {
  if (!call.evidence.includes('observed')) return [];
  const opened = call.connections === null ? 'connections' : countText(call.connections, 'connection');
  const to = call.port === null ? shortId(call.to) : `${shortId(call.to)}:${call.port}`;
  const details = [
    call.failed === null || call.failed === 0 ? null : `${numberText(call.failed)} failed`,
    call.lastSeen === null ? null : `the last one ${ago(look, call.lastSeen)}`,
  ].filter((part) => part !== null);
  return [
    marginLine(look, `  ${shortId(call.from)} opened ${opened} to ${to}`, inSources(call)),
    ...(details.length === 0 ? [] : [fitted(look, `    ${details.join(', ')}`)]),
  ];
}

function declaredLines(answer: WhyAnswer, look: Look): readonly string[] {
  if (answer.answer === 'no') return [];
  const declared = answer.calls.some(({ evidence }) => evidence.includes('declared'));
  if (!declared) return [marginLine(look, '  no team has declared this call', 'sheer declare --suggest')];
  return answer.answer === 'declared, never observed'
    ? [marginLine(look, '  it was declared', 'sheer lint')]
    : ['  it was declared'];
}

function inSources({ sources }: CallAnswer): string {
  return sources.length === 0 ? '' : `observed, ${sourcesText(sources)}`;
}
