import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { advisory, PatchWorld } from '../patch-world.fixture.ts';

const CVE = 'CVE-2026-1';

describe('a sync that ends early', () => {
  let world: PatchWorld;
  beforeEach(() => {
    world = new PatchWorld().start();
  });
  afterEach(() => world.end());

  it('has its cases for what is in the store by then', async () => {
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    world.brings.records.push(advisory(CVE, 'openssl < 3.0.12-1'));
    for await (const step of world.ask.sync('test', 'ann', new AbortController().signal)) {
      assert.equal(step.changed, 1);
      // As when the client goes.
      break;
    }
    await world.until(() => world.caseOf(CVE)?.state === 'open');
  });
});
