import { describe, it } from 'node:test';
import { checkStorm } from './storm/check-storm.ts';

describe('a long storm of containers', () => {
  it('400 of them in twelve addresses: every one is known, and nothing is named wrongly', async (t) => {
    await checkStorm(t, { count: 400, concurrency: 8, addresses: 12 });
  });
});
