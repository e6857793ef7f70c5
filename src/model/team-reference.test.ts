import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { teamOf } from './team-reference.ts';

const ROWS = [
  ['payments', 'payments'],
  [' payments ', 'payments'],
  ['group:default/payments', 'payments'],
  ['Group:payments', 'payments'],
  ['default/payments', 'payments'],
  ['@acme/payments', 'payments'],
  ['@acme/finance/payments', 'payments'],
  ['@alice', '@alice'],
  ['user:default/alice', 'user:default/alice'],
  ['ops@example.com', 'ops@example.com'],
  ['Platform Team', 'Platform Team'],
  ['', ''],
] as const;

describe('a reference to a team', () => {
  for (const [reference, team] of ROWS) {
    it(`${JSON.stringify(reference)} means ${JSON.stringify(team)}`, () =>
      assert.equal(teamOf(reference), team));
  }
});
