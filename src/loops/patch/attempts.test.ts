import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDueAgain, oneMore, type Attempts } from './attempts.ts';

describe('what is tried again', () => {
  const waits = { first: 10, most: 60 };

  it('waits twice as long each time, up to the most', () => {
    let attempts: Attempts | undefined;
    const waited: number[] = [];
    for (let round = 0; round < 5; round++) {
      const now = 1000 * round;
      const tried = (attempts = oneMore(attempts, now));
      let wait = 0;
      while (!isDueAgain(tried, waits, now + wait)) wait++;
      waited.push(wait);
    }
    assert.deepEqual(waited, [10, 20, 40, 60, 60]);
  });

  it('is due at once when the clock was set back', () => {
    assert.equal(isDueAgain({ count: 1, last: 1000 }, waits, 1009), false);
    assert.equal(isDueAgain({ count: 1, last: 1000 }, waits, 999), true);
  });
});
