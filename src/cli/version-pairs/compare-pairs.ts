import { versionOrder } from '#versions';
import type { Scheme } from '#versions';
import { CliError } from '../cli-error.ts';

/** Lines of two versions, as bytes of UTF-8 in any pieces. */
export interface VersionPairs {
  /** For messages: the file, or `standard input`. */
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * `<`, `=` or `>` for each line: of all lines that a piece ends, one string. No more than a piece and a
 * line are kept. Blank lines may stand at the end only: an answer belongs to the line of its number.
 *
 * @throws CliError `invalid-input` at the first line that is no pair, after the answers before it
 */
export async function* comparePairs(
  { name, pieces }: VersionPairs,
  scheme: Scheme,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  const orderOf = versionOrder(scheme);
  const lines = { number: 0, rest: '', blank: 0 };
  for await (const piece of pieces) {
    const text = lines.rest + decoder.decode(piece, { stream: true });
    const end = text.lastIndexOf('\n');
    lines.rest = text.slice(end + 1);
    if (end >= 0) yield* compareLines(text.slice(0, end).split('\n'));
    // Not yet known to be malformed, but more of it than anyone should keep.
    if (lines.rest.length > LINE_LENGTH_MAX) throw malformed(lines.rest, lines.number + 1);
  }
  const last = lines.rest + decoder.decode();
  if (last !== '') yield* compareLines([last]);

  function* compareLines(texts: readonly string[]): Generator<string, void> {
    let orders = '';
    for (const line of texts) {
      lines.number++;
      if (line.trim() === '') {
        lines.blank ||= lines.number;
        continue;
      }
      const words = PAIR.exec(line);
      if (words === null || lines.blank > 0 || line.length > LINE_LENGTH_MAX) {
        yield orders;
        throw lines.blank > 0 ? malformed('', lines.blank) : malformed(line, lines.number);
      }
      orders += SIGNS[orderOf(words[1] ?? '', words[2] ?? '')];
    }
    yield orders;
  }

  function malformed(line: string, number: number): CliError {
    const excerpt = line.length > EXCERPT_LENGTH ? `${line.slice(0, EXCERPT_LENGTH)} …` : line;
    return new CliError('invalid-input', `${name}, line ${number}: not two versions`, {
      detail: [excerpt.trim() === '' ? 'the line is empty' : excerpt.trim()],
      next: 'two versions on each line, with a space between them: 1.0~rc1 1.0',
    });
  }
}

const SIGNS = { [-1]: '<', 0: '=', 1: '>' } as const;

const PAIR = /^\s*(\S+)\s+(\S+)\s*$/;

/** Nobody's versions are as long; what has no end of line must not fill the memory. */
const LINE_LENGTH_MAX = 64 * 1024;
const EXCERPT_LENGTH = 60;
