import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRateLimit } from './rate-limit.ts';

describe('the rate limit', () => {
  it('allows the burst at once and the rate from then on', () => {
    let now = 0;
    const limit = createRateLimit({ perSecond: 2, burst: 3 }, () => now);
    assert.deepEqual([limit.take(), limit.take(), limit.take(), limit.take()], [0, 0, 0, 1]);
    now += 500;
    assert.deepEqual([limit.take(), limit.take()], [0, 1]);
    now += 1_000_000;
    assert.deepEqual([limit.take(), limit.take(), limit.take(), limit.take()], [0, 0, 0, 1]);
  });

  it('takes nothing away when the clock steps back', () => {
    let now = 10_000;
    const limit = createRateLimit({ perSecond: 1, burst: 2 }, () => now);
    limit.take();
    now = 0;
    assert.equal(limit.take(), 0);
    now += 1000;
    assert.equal(limit.take(), 0);
  });
});
