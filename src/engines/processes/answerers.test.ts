import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { Answerers } from './answerers.ts';

/** Ticks of 10 ms from instant 0 on. */
const boot = { id: 'boot', at: 0 };

describe('who answers for a process', () => {
  let answerers: Answerers;
  beforeEach(() => {
    answerers = new Answerers(boot);
    answerers.add({ pid: 7, startTicks: 1_000 }, 'first');
    answerers.looked(20_000);
  });

  it('is known by its start, by that of a thread, and by the time', () => {
    assert.equal(answerers.at(7, 1_000, 0), 'first');
    assert.equal(answerers.at(7, 1_500, 0), 'first');
    assert.equal(answerers.at(7, null, 15_000), 'first');
    assert.equal(answerers.at(8, null, 15_000), null);
  });

  it('is nobody before the process began', () => {
    assert.equal(answerers.at(7, 900, 0), null);
    assert.equal(answerers.at(7, null, 9_000), null);
  });

  it('is not known after the last look: the pid may have been taken over', () => {
    assert.equal(answerers.at(7, 2_500, 0), null);
    answerers.confirm(7, 1_000, 30_000);
    assert.equal(answerers.at(7, 2_500, 0), 'first');
  });

  it('is each in its time when a pid is used again', () => {
    answerers.ended(7, 1_000, 18_000);
    answerers.add({ pid: 7, startTicks: 1_900 }, 'second');
    assert.equal(answerers.at(7, null, 17_000), 'first');
    assert.equal(answerers.at(7, null, 18_500), null);
    assert.equal(answerers.at(7, null, 19_500), 'second');
    assert.equal(answerers.living(7, 1_000), null);
    assert.equal(answerers.living(7, 1_900), 'second');
  });

  it('is kept for a minute after the end, and no longer', () => {
    answerers.ended(7, 1_000, 20_000);
    answerers.forget(79_000);
    assert.equal(answerers.at(7, 1_000, 0), 'first');
    answerers.forget(80_001);
    assert.equal(answerers.at(7, 1_000, 0), null);
  });

  it('is asked for again when the instance is over and its worker lives on', () => {
    answerers.add({ pid: 8, startTicks: 1_100 }, 'first');
    answerers.release('first', 20_000);
    assert.equal(answerers.living(8, 1_100), null);
    answerers.add({ pid: 8, startTicks: 1_100 }, 'worker');
    assert.equal(answerers.living(8, 1_100), 'worker');
  });

  it('can be another from now on: the container that turned out to hold it', () => {
    answerers.replace('first', 'container');
    assert.equal(answerers.at(7, 1_000, 0), 'container');
  });
});
