import { describe, it } from 'node:test';
import { checkStorm } from './storm/check-storm.ts';

describe('a storm of containers', () => {
  it('100 of them in ten addresses: every one is known, and nothing is named wrongly', async (t) => {
    await checkStorm(t, { count: 100, concurrency: 6, addresses: 10 });
  });
});
