import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { crashAtEveryCall, failAtEveryCall } from './crash-rounds.ts';

const CALLS_LEAST = 40;
const REFUSALS_LEAST = 20;

describe('at every system call that writes', () => {
  before(() => {
    const { status } = spawnSync('strace', ['--version']);
    assert.equal(status, 0, 'strace is needed: apt-get install strace');
  });

  it('kill -9 leaves whole steps and loses none that was acknowledged', async () => {
    assert.ok((await crashAtEveryCall(1)) > CALLS_LEAST);
  });

  for (const error of ['EIO', 'ENOSPC'] as const) {
    it(`${error} is reported, changes nothing, and the same can be done again`, async () => {
      assert.ok((await failAtEveryCall(1, error)) > REFUSALS_LEAST);
    });
  }
});
