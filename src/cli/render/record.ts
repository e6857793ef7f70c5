import type { AuditRecord, DeclarationResult, HistoryEntry, VerificationAnswer } from '#model';
import { countText, numberText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { fitted, leadLine, marginLine, marginLines, wrapped } from '../text/margin.ts';
import { clockText } from '../text/time-text.ts';
import { displayWidth, padEnd } from '../text/width.ts';
import { subjectText } from './names.ts';

export function renderHistory(entries: readonly HistoryEntry[], look: Look): readonly string[] {
  if (entries.length === 0)
    return [marginLine(look, 'nothing has been recorded about it', 'sheer instances')];
  return entries.flatMap((entry) => [
    ...marginLines(
      look,
      `${clockText(look, entry.at)}   ${entry.kind}: ${entry.summary}`,
      [entry.evidence, entry.source, entry.actor].filter((part) => part !== null).join(', '),
    ),
    ...entry.changes.map(({ field, from, to }) =>
      fitted(look, `             ${field}   ${valueText(from)} → ${valueText(to)}`),
    ),
  ]);
}

export function renderAudit(records: readonly AuditRecord[], look: Look): readonly string[] {
  if (records.length === 0) return [marginLine(look, 'nothing has been decided yet', 'sheer declare FILE')];
  return records.map((record) => auditLine(record, look));
}

/** One record, also for those that follow live. */
export function auditLine(record: AuditRecord, look: Look): string {
  const { position, recordedAt, what, subject, actor, source } = record;
  const text = `${numberText(position)}   ${clockText(look, recordedAt)}   ${what} ${subjectText(subject.kind, subject.id)}`;
  return marginLine(look, text, [actor, source].filter((part) => part !== null).join(', '));
}

export function renderHeads(
  heads: Readonly<Record<string, { readonly position: number; readonly hash: string }>>,
): readonly string[] {
  const width = Math.max(...Object.keys(heads).map(displayWidth));
  // Never cut: it is there to be kept elsewhere.
  return Object.entries(heads).map(
    ([stream, { position, hash }]) => `${padEnd(stream, width)}   ${position}:${hash}`,
  );
}

export function renderVerification(answer: VerificationAnswer, look: Look): readonly string[] {
  const width = Math.max(...answer.streams.map(({ stream }) => displayWidth(stream)));
  return answer.streams.flatMap(({ stream, ok, records, erased, position, problem, explanation }) => {
    if (ok) {
      const erasures = erased === null || erased === 0 ? '' : `, ${numberText(erased)} erased on purpose`;
      const count = records === null ? '' : countText(records, 'record');
      return [leadLine(look, 'good', '✔', ` ${padEnd(stream, width)}   ${count}, unbroken${erasures}`)];
    }
    const where = position === null ? '' : ` record ${numberText(position)}`;
    return [
      leadLine(look, 'bad', '✘', ` ${stream}  ${where} was ${problem ?? 'changed'}`),
      ...(explanation === null ? [] : wrapped(look, explanation, '    ')),
    ];
  });
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

export function renderDeclaration(result: DeclarationResult, look: Look): readonly string[] {
  const lines = result.changes.map(({ change, kind, id }) =>
    fitted(look, `  ${SIGNS[change]} ${subjectText(kind, id)}`),
  );
  const warnings = result.warnings.flatMap((warning) => wrapped(look, `! ${warning}`));
  if (result.changes.length === 0) return ['nothing changes', ...warnings];
  const count = countText(result.changes.length, 'change');
  return [result.applied ? `declared: ${count}` : `plan: ${count}`, ...lines, ...warnings];
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
