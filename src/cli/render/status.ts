import type { CapabilityAnswer, SourceAnswer, StatusAnswer } from '#model';
import { bytesText, countText } from '../text/amount-text.ts';
import type { Look, Tone } from '../text/look.ts';
import { fitted, leadLine, marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { durationText } from '../text/time-text.ts';

/** What `sheer up` and `sheer status` show: the control plane, its sources, and what it knows. */
export function renderStatus(status: StatusAnswer, look: Look): readonly string[] {
  const { counts } = status;
  const upFor = durationText(look.now - Date.parse(status.since));
  const owners =
    counts.unowned === 0 ? '' : ` ${counts.unowned} ${counts.unowned === 1 ? 'has' : 'have'} no owner.`;
  const things = `${countText(counts.instances, 'instance')} in ${countText(counts.services, 'service')} of ${countText(counts.teams, 'team')}.`;
  const named = counts.unnamedCalls === 0 ? 'all named' : `${counts.unnamedCalls} without a name`;
  const calls =
    counts.calls === 0 ? 'No call has been seen yet.' : `${countText(counts.calls, 'call')}, ${named}.`;
  return [
    leadLine(look, 'strong', `sheerline ${status.version}`, `   ${status.address}`),
    fitted(look, `up for ${upFor} on ${status.node}, pid ${status.pid}, ${bytesText(status.memoryBytes)}`),
    `state in ${status.state}`,
    '',
    ...sourceLines(status.sources, look, '  '),
    '',
    marginLine(look, `  ${things}${owners}`, counts.unowned === 0 ? 'sheer services' : 'sheer lint'),
    marginLine(look, `  ${calls}`, counts.unnamedCalls === 0 ? 'sheer calls' : 'sheer flows --unknown'),
    ...caseLines(status, look),
  ];
}

function caseLines({ cases }: StatusAnswer, look: Look): readonly string[] {
  if (cases === undefined || cases.open === 0) return [];
  const overdue = cases.overdue === 0 ? '' : `, ${cases.overdue} overdue`;
  const words = `  ${countText(cases.open, 'open case')} of known vulnerabilities${overdue}.`;
  return [marginLine(look, words, 'sheer cases', cases.overdue === 0 ? 'faint' : 'warning')];
}

export function renderSources(sources: readonly SourceAnswer[], look: Look): readonly string[] {
  if (sources.length === 0) return [marginLine(look, 'nothing is attached', 'sheer capabilities')];
  return sourceLines(sources, look, '');
}

function sourceLines(sources: readonly SourceAnswer[], look: Look, indent: string): readonly string[] {
  const table = tableLines(
    look,
    sources,
    [
      { title: '', value: ({ id }) => id, tone: () => 'strong' },
      { title: '', value: ({ description }) => description, cut: 'end' },
      { title: '', value: ({ things }) => (things === null ? '' : countText(things, 'instance')) },
      { title: '', value: stateText, tone: ({ state }) => STATE_TONES[state] },
    ],
    indent,
  );
  // Each row is followed by why its source is not live.
  return sources.flatMap((source, index) => [
    table[index] ?? '',
    ...(source.reason === null ? [] : wrapped(look, source.reason, `${indent}    `)),
  ]);
}

const STATE_TONES: Readonly<Record<SourceAnswer['state'], Tone>> = {
  starting: 'faint',
  live: 'good',
  stale: 'warning',
  gap: 'bad',
  inactive: 'faint',
  stopped: 'warning',
};

function stateText({ state, lost, ageMs }: SourceAnswer): string {
  const isHeard = state !== 'live' && state !== 'inactive' && ageMs !== null && ageMs >= 1000;
  const age = isHeard ? `, heard ${durationText(ageMs)} ago` : '';
  const losses = lost === 0 ? '' : `, ${countText(lost, 'event')} lost`;
  return `${state}${age}${losses}`;
}

export function renderCapabilities(rows: readonly CapabilityAnswer[], look: Look): readonly string[] {
  return rows.flatMap(({ source, kind, features }, index) => [
    ...(index === 0 ? [] : ['']),
    leadLine(look, 'strong', source, `   ${kind}`),
    ...tableLines(
      look,
      Object.entries(features),
      [
        { title: '', value: ([feature]) => feature },
        { title: '', value: ([, value]) => value, cut: 'end' },
      ],
      '  ',
    ),
  ]);
}
