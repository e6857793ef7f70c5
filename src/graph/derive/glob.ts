/** A pattern in which `*` stands for any run of characters, ready for many texts. */
export interface Glob {
  /** The one text that it matches; null when it has a `*`. */
  readonly exact: string | null;
  matches(text: string): boolean;
}

/**
 * `*` stands for any run of characters, the empty one too; `\*` is a star and `\\` a backslash. There is no
 * backtracking: each piece between stars is taken at its first place, so time is bounded by the product of both
 * lengths whatever the pattern.
 */
export function compileGlob(pattern: string): Glob {
  const [first = '', ...rest] = piecesOf(pattern);
  const last = rest.pop();
  if (last === undefined) return { exact: first, matches: (text) => text === first };
  return { exact: null, matches: (text) => matchesPieces(text, first, rest, last) };
}

/** A pattern that matches this text and nothing else. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*]/g, String.raw`\$&`);
}

function piecesOf(pattern: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    if (character === '\\' && (next === '*' || next === '\\')) {
      piece += next;
      index += 1;
    } else if (character === '*') {
      pieces.push(piece);
      piece = '';
    } else {
      piece += character;
    }
  }
  return [...pieces, piece];
}

function matchesPieces(text: string, first: string, middle: readonly string[], last: string): boolean {
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const until = text.length - last.length;
  for (const piece of middle) {
    const found = text.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return from <= until;
}
