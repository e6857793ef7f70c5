import assert from 'node:assert/strict';
import { it } from 'node:test';
import { advisory, PatchWorld } from '../patch-world.fixture.ts';

it('a sync counts the images that run and that nobody has read yet', async (t) => {
  const world = new PatchWorld().start({ asked: false });
  t.after(() => world.end());
  world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
  const sync = async (): Promise<number | undefined> => {
    world.brings.records.push(advisory('CVE-2026-1', 'openssl < 3.0.12-1'));
    const steps = await Array.fromAsync(
      world.ask.sync({ place: 'test', acceptFewer: false, actor: 'ann' }, new AbortController().signal),
    );
    return steps.at(-1)?.imagesNotRead;
  };
  assert.equal(await sync(), 1);
  await world.settled();
  assert.equal(await sync(), 0);
});
