import { describe, it } from 'node:test';
import { checkStorm, checkStormByAddresses } from './storm/check-storm.ts';

describe('a long storm of containers', () => {
  it('400 of them in twelve addresses: every one is known, and nothing is named wrongly', async (t) => {
    await checkStorm(t, { count: 400, concurrency: 8, addresses: 12 });
  });

  it('200 of them, named from addresses alone: nothing is named wrongly', async (t) => {
    await checkStormByAddresses(t, { count: 200, concurrency: 8, addresses: 12 });
  });
});
