import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closest } from './closest.ts';

const rows: readonly (readonly [string, readonly string[], string | null])[] = [
  ['payment', ['payments', 'shop'], 'payments'],
  ['whios', ['whois', 'who', 'why'], 'whois'],
  ['Shop', ['shop'], 'shop'],
  ['search', ['payments', 'shop'], null],
  ['x', ['y'], 'y'],
  ['abc', [], null],
  ['', ['who'], null],
];

describe('closest', () => {
  for (const [word, candidates, expected] of rows) {
    it(`takes "${word}" of ${candidates.join(', ') || 'nothing'} for ${expected ?? 'nothing'}`, () => {
      assert.equal(closest(word, candidates), expected);
    });
  }
});
