/**
 * Puts the values of arguments in: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+instead}`. Null:
 * one of them has no value that is known before the build.
 */
export function expand(text: string, values: ReadonlyMap<string, string | null>): string | null {
  let isKnown = true;
  const expanded = text.replace(VARIABLE, (...found: readonly (string | undefined)[]) => {
    const [, bare, name, operator, word = ''] = found;
    const value = values.get(bare ?? name ?? '') || null;
    const put = operator === undefined ? value : instead(operator, value, expand(word, values));
    if (put === null) isKnown = false;
    return put ?? '';
  });
  return isKnown && !expanded.includes('${') ? unquoted(expanded) : null;
}

/** @param operator `:-` and `-` give a default, `:+` and `+` something else where there is a value */
function instead(operator: string, value: string | null, word: string | null): string | null {
  if (operator.endsWith('-')) return value ?? word;
  return value === null ? '' : word;
}

/** The word of a default may hold one variable more. */
const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])((?:[^{}]|\$\{\w+\})*))?\})/g;

/** Quotes around the whole of it. */
function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
