import type { CaseAnswer } from '#model';
import { countText, listText } from '../text/amount-text.ts';
import { labelled } from '../text/labelled.ts';
import type { Look } from '../text/look.ts';
import { marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { ago, clockText } from '../text/time-text.ts';
import { dueText, dueTone, severityTone } from './due.ts';

/** @param asked which ones */
export function renderCases(
  cases: readonly CaseAnswer[],
  look: Look,
  asked: 'open' | 'closed' | 'all',
): readonly string[] {
  if (cases.length === 0) {
    const words =
      asked === 'closed' ? 'no case was closed yet' : 'no case: nothing that runs is known to be vulnerable';
    return [marginLine(look, words, 'sheer advisories status')];
  }
  const open = cases.filter((one) => one.state === 'open');
  const overdue = open.filter((one) => one.overdue);
  const words = `${countText(open.length, 'open case')}.${overdue.length === 0 ? '' : ` ${overdue.length} overdue.`}`;
  return [
    ...tableLines(look, cases, [
      { title: 'case', value: ({ vulnerability }) => vulnerability, tone: () => 'strong' },
      {
        title: 'severity',
        value: ({ severity }) => severity,
        tone: ({ severity }) => severityTone(severity),
      },
      { title: 'runs', value: ({ instances }) => String(instances), align: 'right' },
      { title: 'due', value: (one) => stateText(one, look), tone: ({ dueAt }) => dueTone(look, dueAt) },
      { title: 'owners', value: ({ owners }) => listText(owners) || 'no owner', cut: 'end' },
      { title: 'in', value: ({ environments }) => listText(environments), cut: 'end' },
    ]),
    '',
    marginLine(look, words, 'sheer case ID', overdue.length === 0 ? 'faint' : 'warning'),
  ];
}

/** One case: where it stands, and how it came to that. */
export function renderCase(answer: CaseAnswer, look: Look): readonly string[] {
  const { vulnerability, aliases, state, severity, summary, dueAt, instances, excused } = answer;
  const names = aliases.length === 0 ? vulnerability : `${vulnerability} (${listText(aliases)})`;
  const opened = `${ago(look, answer.openedAt)}${againText(answer.reopened)}`;
  return [
    marginLine(
      look,
      `${state}   ${severity}${dueAt === null ? '' : `, ${dueText(look, dueAt)}`}`,
      vulnerability,
      dueTone(look, dueAt) ?? 'faint',
    ),
    ...wrapped(look, summary === '' ? names : `${names}: ${summary}`),
    '',
    ...labelled(look, 'still held by', heldText(instances, excused)),
    ...(answer.owners.length === 0 ? [] : labelled(look, 'owners', answer.owners.join(', '))),
    ...(answer.environments.length === 0
      ? []
      : labelled(look, 'environments', answer.environments.join(', '))),
    ...labelled(look, 'opened', opened),
    ...(answer.closedAt === null ? [] : labelled(look, 'closed', ago(look, answer.closedAt))),
    '',
    ...timelineLines(answer, look),
    '',
    `  next   sheer ${state === 'open' ? 'fix plan' : 'verify'} ${vulnerability}`,
  ];
}

function againText(reopened: number): string {
  if (reopened === 0) return '';
  return reopened === 1 ? ', opened again once' : `, opened again ${reopened} times`;
}

function heldText(instances: number, excused: number): string {
  const count = instances === 0 ? 'nothing that runs' : countText(instances, 'instance');
  return excused === 0 ? count : `${count}, ${excused} of them excused`;
}

function stateText(one: CaseAnswer, look: Look): string {
  if (one.state === 'closed') return `closed ${one.closedAt === null ? '' : ago(look, one.closedAt)}`.trim();
  return dueText(look, one.dueAt).replace(/^due /, '') || 'excused';
}

function timelineLines({ timeline }: CaseAnswer, look: Look): readonly string[] {
  return timeline.flatMap(({ at, what, actor }) => {
    const when = `  ${clockText(look, at)}   `;
    const by = actor === null ? '' : `   (${actor})`;
    const [first = '', ...rest] = wrapped(look, what + by, ' '.repeat(when.length));
    return [when + first.slice(when.length), ...rest];
  });
}
