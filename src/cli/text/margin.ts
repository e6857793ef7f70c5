import { paint } from './look.ts';
import type { Look, Tone } from './look.ts';
import { displayWidth, shorten } from './width.ts';

/** Where the margin begins: evidence, ages and commands stand there, clear of the answer. */
const MARGIN_COLUMN = 59;
const GAP_MIN = 3;

/**
 * A line with a note in its margin. Where both do not fit, the note moves to the right as far as
 * it can, then the text is cut; the note is never.
 */
export function marginLine(look: Look, text: string, note: string, tone: Tone = 'faint'): string {
  if (note === '') return fitted(look, text);
  const noteWidth = displayWidth(note);
  const latest = look.columns === null ? Number.POSITIVE_INFINITY : look.columns - noteWidth;
  const wanted = Math.max(MARGIN_COLUMN, displayWidth(text) + GAP_MIN);
  const column = Math.max(GAP_MIN, Math.min(wanted, latest));
  const left = shorten(text, column - GAP_MIN, 'end');
  return left + ' '.repeat(column - displayWidth(left)) + paint(look, tone, note);
}

/**
 * A line with a note in its margin, never cut: where both do not fit beside each other, the text is
 * broken at spaces and the note stands on a line of its own.
 */
export function marginLines(look: Look, text: string, note: string): readonly string[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  const width = displayWidth(text) + (note === '' ? 0 : GAP_MIN + displayWidth(note));
  if (look.columns === null || width <= look.columns) return [marginLine(look, text, note)];
  const lines = wrapped(look, text.trimStart(), indent);
  return note === '' ? lines : [...lines, `${indent}  ${paint(look, 'faint', note)}`];
}

/** Cut at the end where it is too wide. */
export function fitted(look: Look, text: string): string {
  return look.columns === null ? text : shorten(text, look.columns, 'end');
}

/** A line whose first word carries a tone; `tone` and `word` belong together. */
export function leadLine(look: Look, tone: Tone, word: string, rest: string): string {
  const line = fitted(look, word + rest);
  return paint(look, tone, line.slice(0, word.length)) + line.slice(word.length);
}

/** Broken at spaces, each line with the indent. */
export function wrapped(look: Look, text: string, indent = '  '): readonly string[] {
  if (look.columns === null) return [indent + text];
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const isFirst = line === indent;
    if (!isFirst && displayWidth(line) + 1 + displayWidth(word) > look.columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line += isFirst ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}
