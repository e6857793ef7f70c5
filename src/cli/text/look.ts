import type { Instant } from '#model';

/** How an answer is to look: everything that a renderer needs besides the answer. */
export interface Look {
  /** Columns that lines must fit; null: full values, because no person reads along. */
  readonly columns: number | null;
  readonly colour: boolean;
  /** What ages are counted from. */
  readonly now: Instant;
  /** RFC 3339 in place of ages. */
  readonly exact: boolean;
}

/** What a colour means. None of them means anything alone: the word says it too. */
export type Tone = 'strong' | 'faint' | 'good' | 'warning' | 'bad';

const CODES: Readonly<Record<Tone, readonly [number, number]>> = {
  strong: [1, 22],
  faint: [2, 22],
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
};

export function paint(look: Look, tone: Tone | undefined, text: string): string {
  if (!look.colour || tone === undefined || text === '') return text;
  const [on, off] = CODES[tone];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
