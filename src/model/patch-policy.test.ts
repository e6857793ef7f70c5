import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deadlineMs, type PatchPolicyData } from './patch-policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('how long a vulnerability may stay', () => {
  const policy: PatchPolicyData = {
    deadlinesMs: { high: 5 * DAY_MS },
    environments: { production: { critical: 12 * HOUR_MS } },
  };
  const rows = [
    ['an environment of its own', policy, 'critical', 'production', 12 * HOUR_MS],
    ['a severity that the environment leaves out', policy, 'high', 'production', 5 * DAY_MS],
    ['another environment', policy, 'critical', 'test', 2 * DAY_MS],
    ['no environment', policy, 'high', null, 5 * DAY_MS],
    ['an environment called like a property', policy, 'low', 'constructor', 90 * DAY_MS],
    ['no policy', null, 'high', 'production', 7 * DAY_MS],
    ['nobody rated it', null, 'unknown', null, 30 * DAY_MS],
  ] as const;
  for (const [name, given, severity, environment, expected] of rows) {
    it(name, () => {
      assert.equal(deadlineMs(given, severity, environment), expected);
    });
  }
});
