import type { AffectedAnswer, CaseAnswer } from '#model';
import type { Look, Tone } from '../text/look.ts';
import { ago, durationText } from '../text/time-text.ts';

type Severity = CaseAnswer['severity'];

/** `due in 5 d`, `overdue by 2 d`; empty where nothing is due. */
export function dueText(look: Look, dueAt: string | null): string {
  if (dueAt === null) return '';
  if (look.exact) return `due ${dueAt}`;
  const leftMs = Date.parse(dueAt) - look.now;
  return leftMs < 0 ? `overdue by ${durationText(-leftMs)}` : `due in ${durationText(leftMs)}`;
}

export function dueTone(look: Look, dueAt: string | null): Tone | undefined {
  return dueAt !== null && Date.parse(dueAt) < look.now ? 'bad' : undefined;
}

/** `in 5 d`, or the moment itself where that was asked for. */
export function untilText(look: Look, time: string): string {
  if (look.exact) return time;
  const leftMs = Date.parse(time) - look.now;
  return leftMs < 0 ? ago(look, time) : `in ${durationText(leftMs)}`;
}

const TONES: Readonly<Record<Severity, Tone>> = {
  critical: 'bad',
  high: 'bad',
  medium: 'warning',
  low: 'faint',
  unknown: 'faint',
};

export function severityTone(severity: Severity): Tone {
  return TONES[severity];
}

export function ratingText(severity: Severity): string {
  return severity === 'unknown' ? 'not rated' : severity;
}

/** `high 7.5, published 2 d ago` */
export function severityText(
  look: Look,
  answer: Pick<AffectedAnswer, 'severity' | 'score' | 'published'>,
): string {
  const { severity, score, published } = answer;
  const rating = ratingText(severity);
  return [
    score === null ? rating : `${rating} ${score}`,
    ...(published === null ? [] : [`published ${ago(look, published)}`]),
  ].join(', ');
}
