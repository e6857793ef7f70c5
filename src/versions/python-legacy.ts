import { isDigit, orderOf, orderOfLists } from './order.ts';
import type { Order } from './order.ts';

/**
 * The order of `pkg_resources.parse_version` for what PEP 440 does not cover, which packaging kept as
 * LegacyVersion up to version 21: word by word, numbers before `-` and letters, `dev` before all of
 * them, and the end before all letters after `final`.
 */
export function compareLegacyPython(left: string, right: string): Order {
  return orderOfLists(legacyKey(left), legacyKey(right), orderOf);
}

const WORD = /(\d+|[a-z]+|\.|-)/;
const WORDS: Readonly<Record<string, string>> = {
  pre: 'c',
  preview: 'c',
  rc: 'c',
  dev: '@',
  '-': 'final-',
};

const END = '*final';
const HYPHEN = '*final-';
const NUMBER_LENGTH = 8;
const ZERO = '0'.repeat(NUMBER_LENGTH);

/** Words whose characters say their order; an asterisk is before every digit. */
function legacyKey(version: string): readonly string[] {
  const key: string[] = [];
  for (const word of version.toLowerCase().split(WORD)) {
    if (word === '' || word === '.') continue;
    if (isDigit(word.charCodeAt(0))) key.push(word.padStart(NUMBER_LENGTH, '0'));
    else pushWord(key, `*${Object.hasOwn(WORDS, word) ? WORDS[word] : word}`);
  }
  pushWord(key, END);
  return key;
}

/** Zeros before a word don't count, nor do hyphens before one that makes it earlier. */
function pushWord(key: string[], word: string): void {
  if (word < END) {
    while (key.at(-1) === HYPHEN) key.pop();
  }
  while (key.at(-1) === ZERO) key.pop();
  key.push(word);
}
