import type { CallAnswer, FlowAnswer } from '#model';
import { bytesText, countText, numberText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import type { Column } from '../text/table.ts';
import { ago, clockText } from '../text/time-text.ts';
import { shortId, sourcesText } from './names.ts';

export function renderCalls(calls: readonly CallAnswer[], look: Look): readonly string[] {
  if (calls.length === 0) {
    return [marginLine(look, 'no call has been seen or declared', 'sheer sources')];
  }
  const unnamed = calls.filter(({ from, to }) => from === 'unknown' || to === 'unknown').length;
  const named = unnamed === 0 ? 'All named.' : `${unnamed} with an end that has no name.`;
  return [
    ...tableLines(look, calls, callColumns(look)),
    '',
    marginLine(
      look,
      `${countText(calls.length, 'call')}. ${named}`,
      unnamed === 0 ? 'sheer why A B' : 'sheer flows --unknown',
    ),
  ];
}

/** Also for the calls of one service, under a heading. */
export function callLines(calls: readonly CallAnswer[], look: Look, indent: string): readonly string[] {
  return tableLines(
    look,
    calls,
    callColumns(look).map((column) => ({ ...column, title: '' })),
    indent,
  );
}

const callColumns = (look: Look): readonly Column<CallAnswer>[] => [
  { title: 'from', value: ({ from }) => shortId(from), cut: 'middle', tone: () => 'strong' },
  { title: 'to', value: callee, cut: 'middle', tone: () => 'strong' },
  {
    title: 'opened',
    value: ({ connections }) => (connections === null ? '' : numberText(connections)),
    align: 'right',
  },
  {
    title: 'failed',
    value: ({ failed }) => (failed === null || failed === 0 ? '' : numberText(failed)),
    tone: () => 'bad',
    align: 'right',
  },
  { title: 'bytes', value: ({ bytes }) => (bytes === null ? '' : bytesText(bytes)), align: 'right' },
  {
    title: 'last',
    value: ({ lastSeen }) => (lastSeen === null ? '' : ago(look, lastSeen)),
    tone: () => 'faint',
  },
  { title: 'known by', value: knownBy, tone: () => 'faint', cut: 'end' },
];

function callee({ to, port, protocol }: CallAnswer): string {
  return `${shortId(to)}${port === null ? '' : `:${port}`}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

function knownBy({ evidence, sources }: CallAnswer): string {
  const words = evidence.map((kind) =>
    kind === 'observed' && sources.length > 0 ? sourcesText(sources) : kind,
  );
  return words.join(', ');
}

export function renderFlows(flows: readonly FlowAnswer[], look: Look): readonly string[] {
  if (flows.length === 0) {
    return [marginLine(look, 'no connection was seen in that time', 'sheer flows --since 1d')];
  }
  return [
    ...tableLines(look, flows, flowColumns(look)),
    '',
    marginLine(look, `${countText(flows.length, 'row')}, one per minute.`, 'sheer whois IP --at TIME'),
  ];
}

const flowColumns = (look: Look): readonly Column<FlowAnswer>[] => [
  { title: 'minute', value: ({ minute }) => flowMinute(look, minute), tone: () => 'faint' },
  { title: 'from', value: ({ from }) => flowEnd(from), tone: ({ from }) => endTone(from), cut: 'middle' },
  {
    title: 'to',
    value: ({ to, port, protocol }) => `${flowEnd(to)}:${port}${protocol === 'tcp' ? '' : `/${protocol}`}`,
    tone: ({ to }) => endTone(to),
    cut: 'middle',
  },
  { title: 'opened', value: ({ connections }) => numberText(connections), align: 'right' },
  { title: 'bytes', value: ({ bytes }) => (bytes === null ? '' : bytesText(bytes)), align: 'right' },
  {
    title: 'verdict',
    value: ({ verdict }) => verdict,
    tone: ({ verdict }) => (verdict === 'established' ? undefined : 'warning'),
  },
  {
    title: 'why unknown',
    value: ({ from, to }) => (to.reason ?? from.reason ?? '').replaceAll('-', ' '),
    tone: () => 'faint',
    cut: 'end',
  },
  { title: 'source', value: ({ source }) => (look.columns === null ? source : '') },
];

function flowMinute(look: Look, minute: string): string {
  return look.exact ? minute : clockText(look, minute).replace(/:00$/, '');
}

/** An end without a name is known by its address. */
function flowEnd(end: FlowAnswer['from']): string {
  return end.kind === 'unknown' || end.kind === 'ambiguous' ? `${end.kind} ${end.ip}` : shortId(end.name);
}

function endTone(end: FlowAnswer['from']): 'strong' | 'warning' {
  return end.kind === 'unknown' || end.kind === 'ambiguous' ? 'warning' : 'strong';
}
