import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseChallenges } from './challenge.ts';

const bearer = (realm: string, service: string | null = null, scope: string | null = null): object => ({
  kind: 'bearer',
  realm,
  service,
  scope,
});

describe('what a registry asks for', () => {
  const rows: readonly (readonly [string, readonly object[]])[] = [
    ['', []],
    ['Basic realm="a registry"', [{ kind: 'basic' }]],
    ['Bearer realm="https://a.test/token"', [bearer('https://a.test/token')]],
    [
      'Bearer realm="https://a.test/token",service="a.test",scope="repository:x:pull,push"',
      [bearer('https://a.test/token', 'a.test', 'repository:x:pull,push')],
    ],
    ['bearer Realm=https://a.test/t , Service=x', [bearer('https://a.test/t', 'x')]],
    ['Basic realm="x", Bearer realm="y"', [{ kind: 'basic' }, bearer('y')]],
    ['Bearer service="without a place"', []],
    ['Negotiate', []],
    ['Bearer realm="a \\"quoted\\" one"', [bearer('a "quoted" one')]],
    ['Bearer realm="never ends', []],
  ];
  for (const [header, challenges] of rows) {
    it(header === '' ? 'nothing' : header, () => assert.deepEqual(parseChallenges(header), challenges));
  }

  it('is not looked for in a header of endless length', () => {
    assert.deepEqual(parseChallenges(`Basic ${'x'.repeat(10_000)}`), []);
  });
});
