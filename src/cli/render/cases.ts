import type { CaseAnswer, CaseCounts } from '#model';
import type { CasesFilter } from '#sdk';
import { countText, listText, numberText } from '../text/amount-text.ts';
import { labelled } from '../text/labelled.ts';
import type { Look } from '../text/look.ts';
import { marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { ago, clockText } from '../text/time-text.ts';
import { dueText, dueTone, ratingText, severityTone } from './due.ts';

export interface CasesReport {
  readonly cases: readonly CaseAnswer[];
  /** Null: not asked for. */
  readonly counts: CaseCounts | null;
  readonly filter: CasesFilter;
}

/** Known vulnerabilities in what runs, and how many more there are. */
export function renderCases(report: CasesReport, look: Look): readonly string[] {
  const { cases, filter } = report;
  if (cases.length === 0) return [marginLine(look, noCaseText(filter), 'sheer advisories status')];
  const { open, closed, overdue } = report.counts ?? countsOf(cases);
  const total = (filter.state === 'closed' ? 0 : open) + (filter.state === 'open' ? 0 : closed);
  const words = [
    ...(filter.state === 'closed' ? [] : [`${countText(open, 'open case')}.`]),
    ...(filter.state === 'open' ? [] : [`${countText(closed, 'closed case')}.`]),
    ...(overdue === 0 ? [] : [`${numberText(overdue)} overdue.`]),
  ];
  return [
    ...caseTable(cases, look),
    ...moreLines(total - cases.length, look),
    '',
    marginLine(look, words.join(' '), 'sheer case ID', overdue === 0 ? 'faint' : 'warning'),
  ];
}

function countsOf(cases: readonly CaseAnswer[]): CaseCounts {
  const open = cases.filter(({ state }) => state === 'open').length;
  return { open, closed: cases.length - open, overdue: cases.filter((one) => one.overdue).length };
}

function caseTable(cases: readonly CaseAnswer[], look: Look): readonly string[] {
  return tableLines(look, cases, [
    { title: 'case', value: ({ vulnerability }) => vulnerability, tone: () => 'strong' },
    {
      title: 'severity',
      value: ({ severity }) => ratingText(severity),
      tone: ({ severity }) => severityTone(severity),
    },
    { title: 'runs', value: ({ instances }) => numberText(instances), align: 'right' },
    { title: 'due', value: (one) => stateText(one, look), tone: ({ dueAt }) => dueTone(look, dueAt) },
    { title: 'owners', value: ownersText, cut: 'end' },
    { title: 'in', value: ({ environments }) => listText(environments), cut: 'end' },
  ]);
}

function noCaseText({ state, team, severity, overdue }: CasesFilter): string {
  const kind = [overdue === true ? 'overdue' : '', severity === 'unknown' ? 'unrated' : (severity ?? '')];
  if (kind.join('') !== '' || team !== undefined) {
    const of = team === undefined ? '' : ` of ${team}`;
    return `no ${[...kind, state ?? ''].filter((word) => word !== '').join(' ')} case${of}`;
  }
  return state === 'closed'
    ? 'no case was closed yet'
    : 'no case: nothing that runs is known to be vulnerable';
}

/** Nobody owns what nothing holds any more. */
function ownersText({ owners, instances }: CaseAnswer): string {
  return listText(owners) || (instances === 0 ? '' : 'no owner');
}

function moreLines(more: number, look: Look): readonly string[] {
  if (more <= 0) return [];
  const text = `and ${numberText(more)} more: --limit shows them, --team, --severity and --overdue fewer`;
  return wrapped(look, text, '');
}

/** One case: where it stands, and how it came to that. */
export function renderCase(answer: CaseAnswer, look: Look): readonly string[] {
  const { vulnerability, aliases, state, severity, summary, dueAt, instances, excused } = answer;
  const names = aliases.length === 0 ? vulnerability : `${vulnerability} (${listText(aliases)})`;
  const opened = `${ago(look, answer.openedAt)}${againText(answer.reopened)}`;
  return [
    marginLine(
      look,
      `${state}   ${ratingText(severity)}${dueAt === null ? '' : `, ${dueText(look, dueAt)}`}`,
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
