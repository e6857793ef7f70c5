import assert from 'node:assert/strict';
import { it } from 'node:test';
import { crashEverywhere } from './crash-rounds.ts';

it('kill -9 at every write of days of work leaves whole steps and loses none that was acknowledged', async () => {
  const writes = await crashEverywhere(8);
  assert.ok(writes > 300, `only ${writes} writes were found to die at`);
});
