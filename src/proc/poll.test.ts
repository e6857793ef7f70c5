import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createAlarm, forwardOnly, pauseAfter, poll } from './poll.ts';
import { ProcError } from './proc-error.ts';

describe('polling', () => {
  it('pauses longer after dear looks, up to five seconds', () => {
    assert.equal(pauseAfter(5, 1000), 1000);
    assert.equal(pauseAfter(30, 1000), 2000);
    assert.equal(pauseAfter(900, 1000), 5000);
  });

  it('has a clock that never goes back', () => {
    const times = [5, 3, 6];
    const clock = forwardOnly(() => times.shift() ?? 0);
    assert.deepEqual([clock(), clock(), clock(), clock()], [5, 5, 6, 6]);
  });

  it('goes on after a failure, wakes up when the alarm rings, and ends with the signal', async () => {
    const alarm = createAlarm();
    const stop = new AbortController();
    let looks = 0;
    const said: string[] = [];
    const events = poll<string>({
      signal: stop.signal,
      intervalMs: 1,
      alarm,
      *look() {
        looks += 1;
        yield;
        if (looks === 1) throw new ProcError('not mounted');
        return [`look ${looks}`];
      },
      heartbeat: () => [],
      failed: (error) => [`failed: ${error.message}`],
    });
    for await (const batch of events) {
      said.push(...batch);
      if (looks === 3) stop.abort();
      alarm.ring();
    }
    assert.deepEqual(said, ['failed: not mounted', 'look 2', 'look 3']);
  });

  it('lets errors of ours through', async () => {
    const events = poll<string>({
      signal: new AbortController().signal,
      intervalMs: 1,
      alarm: createAlarm(),
      // oxlint-disable-next-line require-yield
      *look() {
        throw new TypeError('a mistake');
      },
      heartbeat: () => [],
      failed: () => [],
    });
    await assert.rejects(async () => {
      for await (const _ of events) break;
    }, TypeError);
  });
});
