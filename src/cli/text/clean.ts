/**
 * Names come from outside: a container may be called `\x1b]0;…`. What could move the cursor, hide
 * text or turn its direction is shown as its escape instead.
 *
 * C0 and C1 controls, line and paragraph separators, zero-width and direction marks, tags.
 */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

export function cleanText(text: string): string {
  return text.replaceAll(UNSAFE, escapeCharacter);
}

/** The same value with every string in it cleaned, keys too. */
export function cleanAnswer<Answer>(answer: Answer): Answer {
  // Strings stay strings and shapes stay as they are.
  return cleanValue(answer) as Answer;
}

/** JSON for people and programs: the same document, without a character that a terminal obeys. */
export function jsonText(value: unknown, indent: number): string {
  // JSON.stringify escapes C0 only; inside a document the others stand in strings alone.
  return JSON.stringify(value, null, indent).replaceAll(UNSAFE, (character) =>
    character === '\n' ? character : escapeForJson(character),
  );
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [cleanText(key), cleanValue(entry)]));
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function escapeForJson(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
