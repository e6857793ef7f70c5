import type { Look } from './look.ts';
import { wrapped } from './margin.ts';

/** Where the text begins, so that the labels of an answer line up. */
const TEXT_COLUMN = 19;

/** `  running now      38 instances`; what does not fit goes on under the text. */
export function labelled(look: Look, label: string, text: string): readonly string[] {
  const [first = '', ...rest] = wrapped(look, text, ' '.repeat(TEXT_COLUMN));
  return [`  ${label}`.padEnd(TEXT_COLUMN) + first.slice(TEXT_COLUMN), ...rest];
}
