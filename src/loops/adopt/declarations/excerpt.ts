import { type Place, printable } from './problem.ts';

/** The line with the two before it, and carets under what is meant. */
export function excerpt(content: string, place: Place): readonly string[] {
  const lines = content.split(/\r\n|\n|\r/);
  const width = String(place.line).length;
  const fits = place.column - 1 + place.length <= LINE_LENGTH_MAX;
  const from = fits ? 0 : Math.max(0, place.column - 1 - LEAD_MAX);
  const first = Math.max(1, place.line - LINES_BEFORE);
  const shown: string[] = [];
  for (let line = first; line <= place.line; line += 1) {
    const text = cut(printable(lines[line - 1] ?? ''), from);
    shown.push(`  ${String(line).padStart(width)} | ${text}`.trimEnd());
  }
  const indent = ' '.repeat(2 + width + 3 + place.column - 1 - from);
  const room = Math.max(1, Math.min(place.length, from + LINE_LENGTH_MAX - place.column + 1));
  return [...shown, `${indent}${'^'.repeat(room)}`];
}

/** The part that is shown, with an ellipsis where something was cut off. */
function cut(line: string, from: number): string {
  const part = line.slice(from, from + LINE_LENGTH_MAX);
  const head = from > 0 && part !== '' ? `…${part.slice(1)}` : part;
  return line.length > from + LINE_LENGTH_MAX ? `${head.slice(0, -1)}…` : head;
}

const LINES_BEFORE = 2;

/** Output fits 80 columns: number, bar and indentation take eight. */
const LINE_LENGTH_MAX = 72;

/** How much is kept to the left of the place in a line that is longer than that. */
const LEAD_MAX = 48;
