/** One value as YAML that reads back as the same text, whatever it holds. */
export function yamlText(text: string): string {
  const isPlain = /^[A-Za-z_/][\w./@=+-]*$/.test(text) && !/^(?:null|true|false)$/i.test(text);
  return isPlain ? text : JSON.stringify(text).replace(UNPRINTABLE, escaped);
}

/** `[a, b]`, or the value itself where there is one. */
export function yamlList(texts: readonly string[]): string {
  const [first, ...others] = texts.map(yamlText);
  return first !== undefined && others.length === 0 ? first : `[${texts.map(yamlText).join(', ')}]`;
}

/** A comment's text, on one line whatever it holds. */
export function yamlComment(text: string): string {
  return `# ${text.replace(UNPRINTABLE, '·')}`;
}

/** Control characters, lone surrogates, what turns text around, and every space but the plain one. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => String.raw`\u` + unit.toString(16).padStart(4, '0')).join('');
}
