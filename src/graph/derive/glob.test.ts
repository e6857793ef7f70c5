import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { compileGlob, escapeGlob } from './glob.ts';

/** As plain as can be, and exponential. */
function oracle(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return oracle(pattern.slice(1), text) || (text !== '' && oracle(pattern, text.slice(1)));
  }
  const escaped = /^\\[*\\]/.test(pattern);
  const literal = escaped ? pattern.charAt(1) : pattern.charAt(0);
  return text.startsWith(literal) && oracle(pattern.slice(escaped ? 2 : 1), text.slice(1));
}

describe('a glob', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 8 });

  it('agrees with the naive matcher', () => {
    fc.assert(
      fc.property(few, few, (pattern, text) => {
        assert.equal(compileGlob(pattern).matches(text), oracle(pattern, text));
      }),
      { numRuns: 5000 },
    );
  });

  it('that is escaped matches its own text and nothing else', () => {
    fc.assert(
      fc.property(few, few, (text, other) => {
        const glob = compileGlob(escapeGlob(text));
        assert.equal(glob.exact, text);
        assert.equal(glob.matches(other), other === text);
      }),
    );
  });

  it('answers at once where a backtracking matcher would not end', () => {
    const glob = compileGlob(`${'a*'.repeat(200)}b`);
    assert.equal(glob.matches('a'.repeat(20_000)), false);
  });
});
