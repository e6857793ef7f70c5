import type { WhoAnswer } from '#model';
import { countText, listText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { fitted, marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { callLines } from './call-table.ts';
import { inParentheses, lacksOwner, ownerBasis, shortId, shortService } from './names.ts';

/** What runs it, whose it is, who depends on it. */
export function renderWho(answer: WhoAnswer, look: Look): readonly string[] {
  const { subject, kind } = answer;
  const name = kind === 'service' ? shortService(subject) : shortId(subject);
  const environments = [...new Set(answer.services.map(({ environment }) => environment))];
  const headline = `${name}   ${inParentheses(ownerText(answer), listText(environments))}`;
  return [
    marginLine(look, headline, kind),
    '',
    ...summaryLines(answer, look),
    ...serviceLines(answer, look),
    ...callsOf(answer, look),
    '',
    // Never cut: it is there to be copied.
    `  next   ${nextCommand(answer)}`,
  ];
}

function ownerText({ teams, services }: WhoAnswer): string | null {
  if (teams.length > 0) return listText(teams);
  return services.length > 0 && !services.some(lacksOwner) ? null : 'no owner';
}

function summaryLines(answer: WhoAnswer, look: Look): readonly string[] {
  const running = answer.instances.filter(({ state }) => state === 'running');
  const nodes = [...new Set(running.map(({ node }) => node))];
  const where = nodes.length === 0 ? '' : ` on ${listText(nodes)}`;
  // What lies outside does not run here.
  const count = `  running now   ${countText(running.length, 'instance')}${where}`;
  const lines = answer.kind === 'external' ? [] : [fitted(look, count)];
  const owner = answer.kind === 'service' ? answer.services[0]?.owner : null;
  if (owner) {
    lines.push(marginLine(look, `  owned by      ${owner.team}`, ownerBasis(owner)));
    for (const { team, basis, location } of owner.overruled) {
      const note = `overruled: ${location === null ? basis : `${basis}, ${location}`}`;
      lines.push(marginLine(look, `                not ${team}`, note));
    }
  }
  if (answer.callers.length > 0) {
    const callers = answer.callers.map(({ service, team, distance }) =>
      [shortService(service), inParentheses(team, distance > 1 ? `${distance} calls away` : null)]
        .join(' ')
        .trim(),
    );
    lines.push(
      fitted(look, `  called by     ${listText(callers, look.columns === null ? callers.length : 5)}`),
    );
  }
  return lines;
}

/** A service is its own headline; for the others, each service that runs it. */
function serviceLines(answer: WhoAnswer, look: Look): readonly string[] {
  if (answer.kind === 'service' || answer.services.length === 0) return [];
  const columns = [
    { title: '', value: (row: WhoAnswer['services'][number]) => row.name, cut: 'middle' as const },
    {
      title: '',
      value: (row: WhoAnswer['services'][number]) => row.team ?? (lacksOwner(row) ? 'no owner' : ''),
      cut: 'end' as const,
    },
    { title: '', value: (row: WhoAnswer['services'][number]) => row.environment, cut: 'end' as const },
    { title: '', value: (row: WhoAnswer['services'][number]) => countText(row.instances, 'instance') },
  ];
  return ['', ...tableLines(look, answer.services, columns, '  ')];
}

function callsOf(answer: WhoAnswer, look: Look): readonly string[] {
  return answer.calls.length === 0 ? [] : ['', ...callLines(answer.calls, look, '  ')];
}

function nextCommand({ kind, subject, services }: WhoAnswer): string {
  if (kind === 'team') return `sheer services --team ${subject}`;
  if (services.length > 0 && services.every(lacksOwner)) return 'sheer declare --suggest';
  return kind === 'image' ? 'sheer images' : `sheer history ${subject}`;
}
