import type { AffectedAnswer, WaiverAnswer } from '#model';
import { countText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { fitted, marginLine, marginLines, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { clockText } from '../text/time-text.ts';
import { untilText } from './due.ts';
import { shortService, waivedText } from './names.ts';

export function renderWaivers(waivers: readonly WaiverAnswer[], look: Look): readonly string[] {
  if (waivers.length === 0) return [marginLine(look, 'nothing is waived', 'sheer cases')];
  const active = waivers.filter(({ state }) => state === 'active').length;
  return [
    ...tableLines(look, waivers, [
      { title: 'vulnerability', value: ({ vulnerability }) => vulnerability, tone: () => 'strong' },
      { title: 'for', value: ({ subject }) => waivedText(look, subject), cut: 'middle' },
      { title: 'owner', value: ({ owner }) => owner, cut: 'end' },
      {
        title: 'ends',
        value: (waiver) => endText(waiver, look),
        tone: ({ state }) => (state === 'active' ? undefined : 'faint'),
      },
      { title: 'reason', value: ({ reason }) => reason, cut: 'end' },
    ]),
    '',
    marginLine(look, `${countText(active, 'active waiver')}.`, 'sheer case ID'),
  ];
}

function endText({ state, until }: WaiverAnswer, look: Look): string {
  return state === 'ended' ? 'ended early' : untilText(look, until);
}

/** What was decided. */
export function renderWaiver(waiver: WaiverAnswer, look: Look): readonly string[] {
  const { vulnerability, subject, until, state } = waiver;
  const what = `${vulnerability} for ${waivedText(look, subject)}`;
  return state === 'active'
    ? marginLines(look, `waived: ${what} until ${clockText(look, until)}`, 'sheer waivers')
    : marginLines(look, `the waiver of ${what} was ended`, 'sheer waivers');
}

/** What a waiver would excuse of what is affected now. */
export function renderWaiverPlan(
  { subject, owner, reason, until }: WaiverAnswer,
  answer: AffectedAnswer,
  look: Look,
): readonly string[] {
  const excused = excusedNow(answer, subject);
  const of = `of ${countText(answer.instances, 'instance')} that ${answer.instances === 1 ? 'is' : 'are'} affected`;
  return [
    ...wrapped(
      look,
      `waive ${answer.id ?? answer.question} for ${subject} until ${clockText(look, until)}`,
      '',
    ),
    ...wrapped(look, `because ${reason}`),
    fitted(look, `  ${owner} answers for it`),
    excused === 0
      ? fitted(look, '  excuses nothing that runs now')
      : fitted(look, `  excuses ${excused} ${of} now, and what starts there later`),
    ...wrapped(look, 'It ends by itself then, and the case is due again.'),
  ];
}

/** By the names that a subject may have; the control plane decides what is meant. */
function excusedNow(answer: AffectedAnswer, subject: string): number {
  const images = answer.images.filter(({ id, name }) => id === subject || name === subject);
  if (images.length > 0) return images.reduce((sum, { instances }) => sum + instances, 0);
  return answer.groups.reduce((sum, { service, team, instances }) => {
    const isWhole = [service, service === null ? null : shortService(service), team].includes(subject);
    const single = instances.filter(({ id, name }) => id === subject || name === subject).length;
    return sum + (isWhole ? instances.length : single);
  }, 0);
}
