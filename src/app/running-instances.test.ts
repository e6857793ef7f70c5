import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AdoptedWorld, container } from '../../test/fakes/adopted-world.ts';
import { until } from '../../test/fakes/until.ts';
import { AdoptedInstances } from './running-instances.ts';

describe('what runs, for the patch loop', () => {
  let world: AdoptedWorld;
  beforeEach(async () => {
    world = new AdoptedWorld();
    await world.start();
  });
  afterEach(() => world.end());

  const image = { name: 'web:1', id: `sha256:${'a'.repeat(64)}` };
  const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
  const web = () => container('web-1', { labels, data: { images: [image], pid: 7 } });
  const instances = () => new AdoptedInstances(world.loop, world.store);

  it('has the names that the adopt loop derives, now and then', async () => {
    await world.run(web());
    const [now] = instances().at(null);
    assert.deepEqual(
      [now?.name, now?.service?.split('/').slice(1), now?.images, now?.pid, now?.node],
      ['web-1', ['shop', 'web'], [image], 7, 'n'],
    );
    assert.deepEqual(instances().one(now?.id ?? ''), now);
    assert.deepEqual(instances().at(world.now), [now]);
    assert.deepEqual(instances().at(world.now - 60_000), []);
    assert.equal(instances().one('container:nobody'), null);
  });

  it('tells who begins and ends, when the graph knows it', async () => {
    const told: (readonly [string | null, boolean])[] = [];
    const running = instances();
    const stop = running.watch((id) => told.push([id, id !== null && running.one(id) !== null]));
    await world.run(web());
    await until(() => told.some(([id, runs]) => id !== null && runs));
    const [id = null] = told.find(([each]) => each !== null) ?? [];
    world.now += 1000;
    world.engine.report({
      kind: 'end',
      subject: { kind: 'instance', id: id ?? '' },
      validFrom: world.now,
    });
    await until(() => told.some(([each, runs]) => each === id && !runs));
    stop();
    assert.deepEqual(running.at(null), []);
  });

  it('leaves out what has exited', async () => {
    await world.run(container('done-1', { data: { images: [image], state: 'exited', pid: null } }));
    assert.deepEqual(instances().at(null), []);
    assert.deepEqual(instances().at(world.now), []);
  });
});
