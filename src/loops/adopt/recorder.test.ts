import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Graph, LATEST } from '#graph';
import { addressId, containerInstanceId, formatInstant, type Fact, type Observation } from '#model';
import {
  address,
  AdoptedWorld,
  BEGINNING,
  container,
  NOW,
  settled,
} from '../../../test/fakes/adopted-world.ts';

const STARTED = BEGINNING - 5000;
const ENDED = BEGINNING + 500;
const BACK = BEGINNING + 1500;
const IMAGE = { name: 'shop:1', id: `sha256:${'1'.repeat(64)}` };
const INSTANCE = containerInstanceId('a');
const ADDRESS = addressId(address('a', '10.88.0.2'));

/** All that an event says of a container that is gone; its image's name is another image's by now. */
function poor(since: number, data: { readonly state?: 'paused' } = {}): readonly Observation[] {
  const images = [{ name: 'shop:1', id: `sha256:${'2'.repeat(64)}` }];
  const known = { pid: null, cgroup: null, networks: [], addressMissing: 'gone-before-it-could-be-read' };
  return container('a', { since, data: { ...known, images, ...data } }).slice(0, 1);
}

const end = (at: number): Observation => ({
  kind: 'end',
  subject: { kind: 'instance', id: INSTANCE },
  validFrom: at,
});

describe('what is told late of a container that had ended while nobody looked', () => {
  let world: AdoptedWorld;

  beforeEach(async () => {
    world = new AdoptedWorld();
    await world.start();
    await world.run(container('a', { since: STARTED, data: { pid: 7, images: [IMAGE], cgroup: '/pod/a' } }));
    await world.kill();
    world.now = BACK;
    await world.start();
  });
  afterEach(() => world.end());

  async function tell(...batches: readonly (readonly Observation[])[]): Promise<void> {
    for (const batch of batches) {
      world.engine.report(...batch);
      await settled();
    }
  }

  const instanceAt = (at: number) => world.loop.questions.instances({ ...NOW, at, service: null })[0];
  const facts = (): readonly Fact[] => [...world.store.replay('observations', 0)].flat();

  it('takes nothing away from what was known, and says when it ended', async () => {
    await tell([...world.snapshot(), ...poor(STARTED + 20), end(ENDED)]);
    const known = instanceAt(ENDED - 1);
    assert.equal(known?.pid, 7);
    assert.deepEqual(known.images, [IMAGE]);
    assert.equal(known.addressMissing, null);
    assert.deepEqual(
      known.addresses.map(({ ip }) => ip),
      ['10.88.0.2'],
    );
    assert.deepEqual([known.since, known.until], [formatInstant(STARTED), formatInstant(ENDED)]);
    assert.equal(world.whois('10.88.0.2', ENDED - 1).instance, INSTANCE);
    assert.equal(world.whois('10.88.0.2', ENDED + 1).kind, 'unknown', 'its address ended with it');
  });

  it('is worth the same when it comes in pieces', async () => {
    await tell(world.snapshot(), poor(STARTED + 20), [end(ENDED)]);
    assert.equal(instanceAt(ENDED - 1)?.pid, 7);
    assert.equal(instanceAt(ENDED - 1)?.until, formatInstant(ENDED));
    assert.equal(world.whois('10.88.0.2', ENDED + 1).kind, 'unknown');
  });

  it('is of the same run when it began a moment earlier by the engine’s word', async () => {
    await tell([...world.snapshot(), ...poor(STARTED - 20), end(ENDED)]);
    assert.equal(instanceAt(ENDED - 1)?.pid, 7);
    assert.equal(instanceAt(ENDED - 1)?.since, formatInstant(STARTED));
  });

  it('may be a change', async () => {
    const changed = poor(BEGINNING + 200, { state: 'paused' });
    await tell([...world.snapshot(), ...poor(STARTED + 20)], [...changed, end(ENDED)]);
    assert.equal(instanceAt(BEGINNING + 100)?.state, 'running');
    assert.equal(instanceAt(ENDED - 1)?.state, 'paused');
    assert.equal(instanceAt(ENDED - 1)?.pid, 7);
  });

  it('may be of its next run, which is not told by the one before', async () => {
    const again = BEGINNING + 300;
    await tell([...world.snapshot(), ...poor(again), end(ENDED)]);
    assert.equal(instanceAt(again - 1)?.pid, 7);
    assert.equal(instanceAt(again)?.pid, null);
    assert.equal(instanceAt(again)?.since, formatInstant(again));
    assert.equal(instanceAt(ENDED), undefined);
    assert.equal(world.whois('10.88.0.2', again + 1).kind, 'unknown', 'whose address nobody read');
  });

  it('folds to the same graph in whatever order the facts arrive', async () => {
    await tell([
      ...world.snapshot(),
      ...poor(STARTED + 20),
      ...poor(ENDED - 50, { state: 'paused' }),
      end(ENDED),
    ]);
    const answers = (list: readonly Fact[]): unknown => {
      const graph = new Graph();
      for (const fact of list) graph.apply('observations', [fact]);
      return [STARTED, BEGINNING, ENDED - 1, ENDED, BACK, LATEST].map((at) =>
        [graph.one('instance', INSTANCE, at), graph.one('address', ADDRESS, at)].map(
          (said) => said && [said.data, said.since, said.until, said.slack],
        ),
      );
    };
    const told = facts();
    fc.assert(
      fc.property(fc.shuffledSubarray([...told], { minLength: told.length }), (shuffled) => {
        assert.deepEqual(answers(shuffled), answers(told));
      }),
    );
  });
});
