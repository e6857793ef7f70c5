import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { putJson } from '../lists/stored-list.ts';
import { advisory, DAY_MS, PatchWorld } from '../patch-world.fixture.ts';

const CVE = 'CVE-2026-1';

describe('what was found in live files', () => {
  let world: PatchWorld;
  let beginning: number;
  beforeEach(() => {
    world = new PatchWorld().start();
    beginning = world.now;
  });
  afterEach(() => world.end());

  const record = (fixed: string, days: number) =>
    advisory(CVE, `openssl < ${fixed}`, { modified: beginning + days * DAY_MS });

  it('does not hold against a record that was written before, and came after it', async () => {
    const upgraded = world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    await world.publish(record('3.0.12-1', 0));
    world.images.live.set(world.instances.pidOf(upgraded), ['openssl 3.0.12-1']);
    world.now = beginning + 2 * DAY_MS;
    const proof = await world.ask.verify(CVE, new AbortController().signal);
    assert.equal(proof.proven, true);
    assert.equal(world.caseOf(CVE)?.state, 'closed');
    assert.deepEqual(await world.publish(record('3.0.13-1', 1)), [CVE]);
    assert.equal(world.caseOf(CVE)?.instances, 1);
  });

  it('stands beside what images say in the answer to who is affected', async () => {
    const old = world.image('web:1', ['openssl 3.0.11-1']);
    const [upgraded, downgraded] = [
      world.run('web-1', old),
      world.run('web-2', world.image('web:2', ['openssl 3.0.12-1'])),
    ];
    world.run('web-3', old);
    await world.settled();
    await world.publish(record('3.0.12-1', 0));
    const told = async () => (await world.ask.who(CVE, null)).liveFiles;
    assert.equal(await told(), null);
    world.images.live.set(world.instances.pidOf(upgraded), ['openssl 3.0.12-1']);
    world.images.live.set(world.instances.pidOf(downgraded), ['openssl 3.0.11-1']);
    const { at } = await world.ask.verify(CVE, new AbortController().signal);
    assert.deepEqual(await told(), { at, without: [upgraded], besides: [downgraded] });
    assert.equal((await world.ask.who(CVE, world.now)).liveFiles, null);
    world.instances.stop(downgraded);
    await world.until(async () => (await told())?.besides.length === 0);
    await world.publish(record('3.0.13-1', 1));
    assert.equal(await told(), null);
  });

  it('does not count in a proof that does not tell its records', async () => {
    const id = world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    const looked = [{ instance: id, basis: 'live-files', at: null, found: [] }];
    const proof = { id: CVE, at: null, proven: true, holding: [], looked, notLooked: [], others: 0 };
    const digest = putJson(world.store.content, proof);
    const openedAt = world.now;
    world.say('case', CVE, { state: 'open', reason: 'it is held', proof: digest, openedAt, reopened: 0 });
    await world.settled();
    await world.publish(record('3.0.12-1', 0));
    assert.deepEqual([world.caseOf(CVE)?.state, world.caseOf(CVE)?.instances], ['open', 1]);
  });
});
