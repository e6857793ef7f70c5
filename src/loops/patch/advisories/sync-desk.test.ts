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
    for await (const step of world.ask.sync(
      { place: 'test', acceptFewer: false, actor: 'ann' },
      new AbortController().signal,
    )) {
      assert.equal(step.changed, 1);
      // As when the client goes.
      break;
    }
    await world.until(() => world.caseOf(CVE)?.state === 'open');
  });
});

describe('a sync of very many records', () => {
  let world: PatchWorld;
  beforeEach(() => {
    world = new PatchWorld().start();
  });
  afterEach(() => world.end());

  /** How often others had their turn while the changes were looked at. */
  const turnsOf = async (records: number): Promise<number> => {
    world.brings.records.push(
      ...Array.from({ length: records }, (_, index) => advisory(`CVE-2026-${10_000 + index}`, 'zlib < 2-1')),
    );
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    for await (const { done } of world.ask.sync(
      { place: 'test', acceptFewer: false, actor: 'ann' },
      new AbortController().signal,
    )) {
      // The records are in the store with the step before the last.
      if (!done) setImmediate(count);
    }
    isOver = true;
    return turns;
  };

  it('gives way to others again and again', async () => {
    await world.settled();
    assert.ok((await turnsOf(3000)) >= 3, 'at least once for each thousand');
  });
});
