import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Ownerships, type ImportedOwnership } from './ownerships.ts';

it('rules on the same line of two CODEOWNERS files of one directory give the same owner in any order', () => {
  const rule = (file: string, owner: string): ImportedOwnership => ({
    id: `codeowners:${file}:*`,
    from: 0,
    data: {
      basis: 'codeowners',
      target: { kind: 'directory', path: '/srv', pattern: '*', line: 1 },
      owner,
      location: `${file}:1`,
    },
  });
  const rules = [rule('.github/CODEOWNERS', 'payments'), rule('CODEOWNERS', 'storefront')];
  const owners = [rules, rules.toReversed()].map(
    (order) => new Ownerships(order).ofDirectory('/srv', 1)[0]?.team,
  );
  assert.deepEqual(owners, ['payments', 'payments']);
});
