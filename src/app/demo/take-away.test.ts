import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeAway } from './take-away.ts';

describe('taking away what a demo started', () => {
  it('begins with the latest, goes on where a step fails, and then says so', async () => {
    const taken: string[] = [];
    const steps = ['state', 'shop', 'control plane'].map((name) => () => {
      taken.push(name);
      if (name !== 'state') throw new Error(`${name} does not stop`);
    });
    await assert.rejects(takeAway(steps), { message: 'control plane does not stop' });
    assert.deepEqual(taken, ['control plane', 'shop', 'state']);
  });
});
