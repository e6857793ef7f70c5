import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ownsDirectory } from './code-owners-pattern.ts';

const ROWS = [
  ['*', '', true],
  ['*', 'services/checkout', true],
  ['/*', '', true],
  ['/*', 'services', false],
  ['*.js', 'services', false],
  ['/services/', 'services', true],
  ['/services/', 'services/checkout', true],
  ['/services/', 'old/services', false],
  ['/services', 'services/checkout', true],
  ['services/', 'old/services/checkout', true],
  ['services', 'old/services/checkout', true],
  ['services/checkout', 'services/checkout/src', true],
  ['services/checkout', 'old/services/checkout', false],
  ['services/*', 'services', true],
  ['services/*', 'services/checkout', false],
  ['services/*/', 'services/checkout', true],
  ['services/*/', 'services', false],
  ['services/*/src', 'services/checkout/src/lib', true],
  ['services/**', 'services/a/b/c', true],
  ['**/src/', 'services/checkout/src', true],
  ['**/src/', 'services/checkout', false],
  ['/**/checkout/**', 'services/checkout/src', true],
  ['service?/', 'services', true],
  ['ser*s/', 'services/checkout', true],
  ['ser*s/', 'service', false],
  ['docs/with space/', 'docs/with space', true],
  ['/', 'services', false],
] as const;

describe('a CODEOWNERS pattern', () => {
  for (const [pattern, directory, owns] of ROWS) {
    it(`${pattern} ${owns ? 'owns' : 'does not own'} ${directory === '' ? 'the root' : directory}`, () => {
      assert.equal(ownsDirectory(pattern, directory), owns);
    });
  }

  it('answers at once where a backtracking matcher would not end', () => {
    const deep = Array.from({ length: 60 }, () => 'a').join('/');
    assert.ok(!ownsDirectory(`${'**/a/'.repeat(40)}b`, deep));
    assert.ok(!ownsDirectory(`/${'a*'.repeat(60)}b/`, 'a'.repeat(300)));
  });
});
