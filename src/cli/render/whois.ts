import { UNKNOWN_REASONS } from '#model';
import type { Candidate, WhoisAnswer } from '#model';
import { listText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { fitted, leadLine, marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { clockText, intervalText } from '../text/time-text.ts';
import { inParentheses, shortId, shortService } from './names.ts';

/** Who held an address: the name first, what it rests on in the margin, before and since below. */
export function renderWhois(answer: WhoisAnswer, look: Look): readonly string[] {
  if (answer.kind === 'unknown') return unknownLines(answer, look);
  if (answer.kind === 'ambiguous') return ambiguousLines(answer, look);
  return knownLines(answer, look);
}

function knownLines(answer: WhoisAnswer, look: Look): readonly string[] {
  const { external, service, node, kind } = answer;
  const name =
    external ?? (service === null ? null : shortService(service)) ?? answer.instanceName ?? node ?? kind;
  // A machine is no one's service: only what a team could own is said to have no owner.
  const owner = answer.team ?? (kind === 'node' ? 'node' : 'no owner');
  const headline = `${name}   ${inParentheses(owner, answer.environment)}`;
  const confidence = answer.confidence ?? '';
  return [
    marginLine(look, headline, confidence, confidence === 'certain' ? 'good' : 'warning'),
    ...holderLines(answer, look),
    ...(answer.how === null ? [] : wrapped(look, `derived: ${answer.how}`)),
    ...neighbourLines(answer, look),
    ...elsewhereLines(answer, look),
  ];
}

function holderLines(answer: WhoisAnswer, look: Look): readonly string[] {
  const { instance, instanceName, node, image, since, until } = answer;
  const lines: string[] = [];
  if (instance !== null) {
    const name = instanceName ?? shortId(instance);
    const when = since === null ? '' : `, ${intervalText(look, { since, until })}`;
    lines.push(fitted(look, `  instance   ${name}${node === null ? '' : ` on ${node}`}${when}`));
    lines.push(fitted(look, `  id         ${look.columns === null ? instance : shortId(instance)}`));
  }
  if (image !== null)
    lines.push(fitted(look, `  image      ${look.columns === null ? image : shortId(image)}`));
  const held = since === null ? '' : ` held ${intervalText(look, { since, until }, 'milliseconds')}`;
  const basis = [answer.evidence, answer.source].filter((part) => part !== null).join(', ');
  lines.push(marginLine(look, `  address    ${answer.address}${held}`, basis));
  if (answer.scope !== null) lines.push(fitted(look, `  scope      ${answer.scope}`));
  return lines;
}

function unknownLines(answer: WhoisAnswer, look: Look): readonly string[] {
  const { address, since, until, reason } = answer;
  const isFree = reason === 'nobody-held-it' && since !== null && until !== null;
  const headline = isFree
    ? `nobody held ${address} between ${clockText(look, since)} and ${clockText(look, until)}`
    : `who held ${address} at ${clockText(look, answer.at)}`;
  return [
    leadLine(look, 'warning', 'unknown', `: ${headline}`),
    ...wrapped(look, sentence(whyUnknown(answer, look))),
    ...neighbourLines(answer, look),
    ...elsewhereLines(answer, look),
  ];
}

function whyUnknown({ reason, until, explanation }: WhoisAnswer, look: Look): string {
  if (reason === 'before-observation-began' && until !== null)
    return `that is before Sheerline began to look at ${clockText(look, until)}`;
  return explanation ?? reasonText(reason);
}

function ambiguousLines(answer: WhoisAnswer, look: Look): readonly string[] {
  const when = clockText(look, answer.at);
  const count = answer.candidates.length;
  return [
    leadLine(look, 'warning', 'ambiguous', `: ${count} could have held ${answer.address} at ${when}`),
    ...candidateLines(answer.candidates, look),
    ...(answer.explanation === null ? [] : wrapped(look, sentence(answer.explanation))),
    ...neighbourLines(answer, look),
    ...elsewhereLines(answer, look),
  ];
}

function candidateLines(candidates: readonly Candidate[], look: Look): readonly string[] {
  return tableLines(
    look,
    candidates,
    [
      { title: '', value: candidateName, tone: () => 'strong', cut: 'middle' },
      { title: '', value: ({ name }) => name, cut: 'middle' },
      { title: '', value: ({ team }) => inParentheses(team), cut: 'end' },
      { title: '', value: (candidate) => intervalText(look, candidate) },
      { title: '', value: ({ scope }) => scope, tone: () => 'faint', cut: 'middle' },
    ],
    '  ',
  );
}

function neighbourLines(answer: WhoisAnswer, look: Look): readonly string[] {
  const { before, after } = answer;
  const lines: string[] = [];
  if (before?.until) {
    const text = `Before, it belonged to ${candidateName(before)} (until ${clockText(look, before.until)}).`;
    lines.push(...wrapped(look, text));
  }
  if (after.length > 0) {
    const names = after.map((holder) => `${candidateName(holder)} (${clockText(look, holder.since)})`);
    lines.push(...wrapped(look, `Since then the same address belonged to ${listText(names)}.`));
  }
  return lines.length === 0 ? [] : ['', ...lines];
}

function elsewhereLines(answer: WhoisAnswer, look: Look): readonly string[] {
  const [first] = answer.elsewhere;
  if (first === undefined) return [];
  return [
    '',
    '  The same address in other scopes:',
    ...candidateLines(answer.elsewhere, look),
    `  next   sheer whois ${answer.address} --scope ${first.scope}`,
  ];
}

function candidateName(candidate: Candidate): string {
  return candidate.service === null ? candidate.name : shortService(candidate.service);
}

function reasonText(reason: string | null): string {
  const known: Readonly<Record<string, string>> = UNKNOWN_REASONS;
  return known[reason ?? ''] ?? reason ?? 'no reason was given';
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
