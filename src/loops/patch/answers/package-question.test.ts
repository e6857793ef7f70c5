import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePackageQuestion } from './package-question.ts';

describe('what is a question about packages', () => {
  const rows: readonly (readonly [text: string, kind: string | null])[] = [
    ['openssl@<3.0.12', 'range'],
    ['@angular/core@>=1,<2', 'range'],
    ['pkg:npm/lodash@4.17.20', 'url'],
    ['checkout', null],
    ['@angular/core', null],
    [`checkout@sha256:${'9a'.repeat(32)}`, null],
    [`registry.example/shop/web@sha512:${'9a'.repeat(64)}`, null],
  ];
  for (const [text, kind] of rows) {
    it(`${text} is ${kind ?? 'none'}`, () => assert.equal(parsePackageQuestion(text)?.kind ?? null, kind));
  }
});
