import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { advisory, PatchWorld } from '../patch-world.fixture.ts';

const CVE = 'CVE-2026-1';

describe('where to fix it', () => {
  let world: PatchWorld;
  beforeEach(async () => {
    world = new PatchWorld().start();
    await world.publish(advisory(CVE, 'openssl < 3.0.12-1'));
  });
  afterEach(() => world.end());

  const plan = () => world.ask.fixPlan(CVE);
  const names = (levels: ReturnType<typeof plan>['levels']): readonly (readonly string[])[] =>
    levels.map((level) => level.map(({ name }) => name).toSorted());
  /** A base of our own, and two applications upon it. */
  const tree = async (): Promise<void> => {
    const base = world.image('base:1', ['openssl 3.0.11-1', 'apt 2.6-1']);
    const web = world.image('web:1', ['nginx 1-1'], { base });
    const api = world.image('api:1', ['curl 1-1'], { base });
    world.run('web-1', web);
    world.run('api-1', api);
    world.source('web', 'shop', 'base:1');
    world.source('api', 'payments', 'base:1');
    await world.settled();
  };

  it('once in the base that brought it in, and then in what is built upon it, parents first', async () => {
    await tree();
    world.source('base', 'platform', null);
    const { fixPoints, levels, unfixable, teams, optimal } = plan();
    assert.deepEqual(
      fixPoints.map(({ name, team, change, packages }) => [name, team, change, packages[0]?.fixed]),
      [['base:1', 'platform', 'own-source', '3.0.12-1']],
    );
    assert.deepEqual(names(levels), [['base:1'], ['api:1', 'web:1']]);
    assert.deepEqual([unfixable, teams, optimal], [[], ['payments', 'platform', 'shop'], true]);
  });

  it('in the images themselves where the base is not ours', async () => {
    await tree();
    const { fixPoints, levels } = plan();
    assert.deepEqual(
      fixPoints.map(({ name }) => name),
      ['api:1', 'web:1'],
    );
    assert.deepEqual(names(levels), [['api:1', 'web:1']]);
  });

  it('in the image itself where its base is ours and nobody has seen it: a first build of that may hold it too', async () => {
    const web = world.image('registry:5000/web:1', ['openssl 3.0.11-1', 'apt 2.6-1']);
    world.run('web-1', web);
    world.source('web', 'shop', 'registry:5000/base:1');
    world.source('base', 'platform', null);
    await world.settled();
    const { fixPoints, levels } = plan();
    assert.deepEqual(
      fixPoints.map(({ name, reason }) => [name, reason]),
      [
        [
          'registry:5000/web:1',
          'whether its base registry:5000/base:1 brings in openssl is not known, as nobody has seen that image, so it upgrades openssl in a layer of its own',
        ],
      ],
    );
    assert.deepEqual(names(levels), [['registry:5000/web:1']]);
  });

  it('by the base’s newer build, where there is one that does not hold it', async () => {
    await tree();
    world.now += 1000;
    world.image('base:2', ['openssl 3.0.12-1', 'apt 2.6-1']);
    await world.settled();
    const { fixPoints, unfixable } = plan();
    assert.deepEqual(
      fixPoints.map(({ name, change, to }) => [name, change, to]),
      [
        ['api:1', 'base-reference', 'base:2'],
        ['web:1', 'base-reference', 'base:2'],
      ],
    );
    assert.deepEqual(unfixable, []);
  });

  it('nowhere, where a newer build of the image itself is there: it only has to be started', async () => {
    const image = world.image('web:1', ['openssl 3.0.11-1']);
    world.source('web', 'shop', null);
    world.run('web-1', image);
    world.now += 1000;
    const newer = world.image('web:2', ['openssl 3.0.12-1']);
    await world.settled();
    const { fixPoints, levels, restarts } = plan();
    assert.deepEqual([fixPoints, levels], [[], []]);
    assert.deepEqual(restarts, [{ image: image.id, name: 'web:1', to: newer.id, instances: 1 }]);
  });

  it('nowhere, also where the tag moved on, and the old image was started again by its id', async () => {
    const image = world.image('web:1', ['openssl 3.0.11-1']);
    world.source('web', 'shop', null);
    world.now += 1000;
    const newer = world.image('web:1', ['openssl 3.0.12-1']);
    const { diffIds } = image;
    const left = { names: [], digests: [], diffIds, labels: {}, sizeBytes: null, platform: null };
    world.say('image', image.id, { ...left, created: world.now - 1000 });
    world.run('web-1', { ...image, name: image.id });
    await world.settled();
    const { fixPoints, restarts } = plan();
    assert.deepEqual(fixPoints, []);
    assert.deepEqual(restarts, [{ image: image.id, name: 'was web:1', to: newer.id, instances: 1 }]);
    const node = world.ask.imageTree(null).find(({ id }) => id === image.id);
    assert.deepEqual([node?.team, node?.hasBuildSource], ['shop', true]);
    const { image: named } = await world.ask.packages('web:1', { refresh: false });
    assert.equal(named, newer.id, 'the name is that of the image that has it now');
  });

  it('not yet, where nobody can build it, or no fix is published', async () => {
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    const own = world.image('own:1', ['zlib 1-1']);
    world.source('own', 'shop', null);
    world.run('own-1', own);
    await world.settled();
    await world.publish(advisory('CVE-2026-2', 'zlib'));
    assert.deepEqual(
      [plan(), world.ask.fixPlan('CVE-2026-2')].flatMap(({ unfixable }) =>
        unfixable.map(({ name, why, instances }) => [name, why, instances]),
      ),
      [
        ['web:1', 'no-build-source', 1],
        ['own:1', 'no-fix-published', 1],
      ],
    );
  });

  it('not for what is excused, nor for what does not run', async () => {
    world.team('shop');
    world.source('web', 'shop', null);
    world.image('idle:1', ['openssl 3.0.10-1']);
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    const until = world.now + 1000;
    const waiver = { vulnerability: CVE, subject: 'shop', owner: 'shop', reason: 'x', until, actor: 'ann' };
    world.ask.waive(waiver);
    assert.deepEqual([plan().fixPoints, plan().unfixable], [[], []]);
  });

  it('asked for what nobody knows it is refused', () => {
    assert.throws(() => world.ask.fixPlan('CVE-1999-1'), { code: 'not-found' });
  });

  it('the tree tells what it rests on', async () => {
    await tree();
    world.source('base', 'platform', null);
    const node = (name: string) => world.ask.imageTree(null).find((each) => each.name === name);
    assert.deepEqual(node('web:1')?.base, {
      id: node('base:1')?.id,
      name: 'base:1',
      upToLayer: 0,
      known: 'build-source',
      evidence: 'declared',
    });
    assert.deepEqual(
      [node('web:1')?.instances, node('base:1')?.team, node('base:1')?.packages],
      [1, 'platform', 2],
    );
    world.source('planned', 'shop', 'base:1');
    assert.deepEqual([node('planned')?.id, node('planned')?.hasBuildSource], [null, true]);
  });

  it('an explanation names the range and the event', async () => {
    await tree();
    const purl = 'pkg:deb/debian/openssl@3.0.11-1?arch=amd64';
    const explained = world.ask.explain(CVE, purl);
    assert.equal(explained.affected, true);
    assert.deepEqual(
      explained.steps.map(({ affected, range, result }) => [affected, range, result]),
      [['Debian:12 openssl', '< 3.0.12-1', 'holds']],
    );
    const fixed = 'pkg:deb/debian/openssl@3.0.12-1?arch=amd64&distro=debian-12';
    assert.deepEqual(world.ask.explain(CVE, fixed).steps[0]?.result, 'after');
    assert.throws(() => world.ask.explain(CVE, 'openssl'), { code: 'invalid-input' });
  });
});
