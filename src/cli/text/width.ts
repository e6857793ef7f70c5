/** Columns that a terminal gives to text without controls. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0);
  return width;
}

/**
 * Text that fits: what is left out is shown as `…`, at the end, or in the middle for ids, which
 * differ at both ends.
 */
export function shorten(text: string, width: number, where: 'end' | 'middle'): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const tailWidth = where === 'end' ? 0 : Math.floor((width - 1) / 2);
  const characters = Array.from(text);
  const head = takeWhile(characters, width - 1 - tailWidth);
  const tail = takeWhile(characters.toReversed(), tailWidth).toReversed();
  return `${head.join('')}…${tail.join('')}`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

function takeWhile(characters: readonly string[], width: number): readonly string[] {
  let taken = 0;
  const end = characters.findIndex((character) => {
    taken += characterWidth(character.codePointAt(0) ?? 0);
    return taken > width;
  });
  return end === -1 ? characters : characters.slice(0, end);
}

/** Combining marks and variation selectors take no column of their own. */
const NARROWEST: readonly (readonly [number, number])[] = [
  [0x0300, 0x036f],
  [0x1ab0, 0x1aff],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
];

/** East Asian wide and full-width (Unicode Annex 11), and emoji, by block. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

function characterWidth(code: number): number {
  if (NARROWEST.some(([from, to]) => from <= code && code <= to)) return 0;
  return WIDE.some(([from, to]) => from <= code && code <= to) ? 2 : 1;
}
