import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { PatchError } from '../patch-error.ts';
import { advisory, PatchWorld } from '../patch-world.fixture.ts';

const CVE = 'CVE-2026-1';

describe('a proof', () => {
  let world: PatchWorld;
  beforeEach(async () => {
    world = new PatchWorld().start();
    await world.publish(advisory(CVE, 'openssl < 3.0.12-1'));
  });
  afterEach(() => world.end());

  const verify = (id = CVE) => world.ask.verify(id, new AbortController().signal);
  const old = () => world.image('web:1', ['openssl 3.0.11-1']);
  const fixed = () => world.image('web:2', ['openssl 3.0.12-1']);
  const live = (id: string, ...packages: readonly string[]): void =>
    void world.images.live.set(world.instances.pidOf(id), packages);

  it('names who still holds it, by live files where they can be read, else by digest', async () => {
    const byFiles = world.run('web-1', old());
    const byDigest = world.run('web-2', old());
    const clean = world.run('web-3', fixed());
    world.run('other-1', world.image('other:1', ['bash 5-1']));
    await world.settled();
    live(byFiles, 'openssl 3.0.11-1');
    live(clean, 'openssl 3.0.12-1');
    const proof = await verify();
    assert.equal(proof.proven, false);
    assert.deepEqual(
      proof.holding.map(({ instance, basis, packages, team }) => [instance, basis, packages.length, team]),
      [
        [byFiles, 'live-files', 1, 'shop'],
        [byDigest, 'image-digest', 1, 'shop'],
      ],
    );
    assert.deepEqual(
      proof.looked.map(({ instance, basis, found }) => [instance, basis, found]),
      [[clean, 'live-files', ['openssl 3.0.12-1']]],
    );
    assert.deepEqual([proof.notLooked, proof.others], [[], 1]);
    assert.notEqual(world.graph.one('case', CVE)?.data.proof ?? null, null);
  });

  it('believes live files more than the image: what was upgraded in place, and what was put there', async () => {
    const upgraded = world.run('web-1', old());
    const downgraded = world.run('web-2', fixed());
    await world.until(() => world.caseOf(CVE)?.instances === 1);
    live(upgraded, 'openssl 3.0.12-1');
    live(downgraded, 'openssl 3.0.11-1');
    const proof = await verify();
    assert.deepEqual(
      proof.holding.map(({ instance }) => instance),
      [downgraded],
    );
    assert.deepEqual([world.ask.case(CVE).state, world.ask.case(CVE).instances], ['open', 1]);
    world.instances.stop(downgraded);
    await world.until(() => world.caseOf(CVE)?.state === 'closed');
  });

  it('says what could not be looked at, and is none then', async () => {
    world.instances.start('strange-1', null, 'production/shop/web');
    const proof = await verify();
    assert.deepEqual(
      [proof.proven, proof.notLooked],
      [
        false,
        [
          {
            instance: 'container:strange-1',
            reason: 'its live files: its root file system may not be read; its image is not known',
          },
        ],
      ],
    );
    live('container:strange-1', 'openssl 3.0.12-1');
    assert.equal((await verify()).proven, true);
  });

  it('does not take a database that is gone for one that is empty', async () => {
    const id = world.run('web-1', old());
    await world.settled();
    live(id);
    const proof = await verify();
    assert.deepEqual(
      proof.holding.map(({ basis }) => basis),
      ['image-digest'],
    );
  });

  it('leaves out what ends while it is looked at', async () => {
    const id = world.run('web-1', old());
    await world.settled();
    const scan = world.images.scanLiveRoot.bind(world.images);
    world.images.scanLiveRoot = (process) => {
      world.instances.stop(id);
      return scan(process);
    };
    world.images.live.set(world.instances.pidOf(id), new PatchError('not-found', 'the process is gone'));
    const proof = await verify();
    assert.deepEqual([proof.proven, proof.holding, proof.looked, proof.notLooked], [true, [], [], []]);
  });

  it('notes an instance that was started from an image that was replaced since', async () => {
    const image = old();
    await world.settled();
    world.now += 1000;
    const newer = world.image('web:1', ['openssl 3.0.12-1']);
    world.say('image', image.id, {
      names: [],
      digests: [],
      diffIds: image.diffIds,
      labels: {},
      sizeBytes: null,
      created: world.now,
      platform: null,
    });
    world.run('web-1', image);
    await world.settled();
    const [holding] = (await verify()).holding;
    assert.equal(
      holding?.note,
      `started from web:1 as it was before: that name is ${newer.id.slice(0, 19)} by now`,
    );
  });

  it('of what nobody knows is refused', async () => {
    await assert.rejects(verify('CVE-1999-1'), { code: 'not-found', next: 'sheer advisories sync' });
  });
});
