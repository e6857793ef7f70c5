import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shellWord } from './shell-word.ts';

describe('a word of a command', () => {
  for (const [text, word] of [
    ['production/shop/cart', 'production/shop/cart'],
    ['10.0.0.1:80', '10.0.0.1:80'],
    ['web server', "'web server'"],
    ['$(reboot)', "'$(reboot)'"],
    ["it's", String.raw`'it'\''s'`],
    ['', "''"],
  ] as const) {
    it(`is ${word}`, () => assert.equal(shellWord(text), word));
  }
});
