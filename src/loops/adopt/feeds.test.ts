import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AdoptedWorld, container } from '../../../test/fakes/adopted-world.ts';
import { FakeSensor } from '../../../test/fakes/engine.ts';
import { until } from '../../../test/fakes/until.ts';

describe('a feed that fails inside, against its contract,', () => {
  let world: AdoptedWorld;

  beforeEach(() => {
    world = new AdoptedWorld();
  });

  afterEach(async () => {
    assert.deepEqual(world.troubles, ['a feed failed inside']);
    world.troubles = [];
    await world.end();
  });

  const source = (id: string) => world.loop.questions.sources().find((one) => one.id === id);

  it('has a gap when it is an engine, and what it knew stays', async () => {
    await world.start();
    await world.run(container('a'));
    world.engine.break(new TypeError('oops'));
    await until(() => source('podman')?.state === 'gap');
    assert.match(source('podman')?.reason ?? '', /sheer down/);
    assert.equal(world.whois('10.88.0.2').kind, 'ambiguous', 'it may have changed hands');
  });

  it('has a gap when it is a sensor, and engines go on', async () => {
    await world.start();
    world.sensor.break(new TypeError('oops'));
    await until(() => source('tcp')?.state === 'gap');
    assert.equal(source('tcp')?.kind, 'sensor');
    await world.run(container('a'));
  });

  it('is inactive when it can not even be asked whether it works here', async () => {
    const probe = (): Promise<never> => Promise.reject(new TypeError('oops'));
    await world.start([Object.assign(new FakeSensor('bad'), { probe })]);
    await until(() => source('bad')?.state === 'inactive');
  });
});

describe('after a restart', () => {
  const world = new AdoptedWorld();
  before(() => world.start());
  after(() => world.end());

  const stateOf = (id: string) => {
    const source = world.loop.questions.sources().find((one) => one.id === id);
    return source === undefined ? null : [source.state, source.reason];
  };

  it('a feed starts until it says how it stands; how it ended before is no answer', async () => {
    const live = { kind: 'sensor', state: 'live', reason: null, description: 'fake', lost: 0 } as const;
    await world.run(container('a'));
    world.sensor.see({ kind: 'state', data: live });
    await until(() => stateOf('tcp')?.[0] === 'live');
    await world.stop();
    world.now += 60_000;
    await world.start();
    assert.deepEqual(
      [stateOf('podman'), stateOf('tcp')],
      [
        ['starting', null],
        ['starting', null],
      ],
    );
    await world.run(container('a'));
    world.sensor.see({ kind: 'state', data: live });
    await until(() => stateOf('tcp')?.[0] === 'live');
    assert.deepEqual(stateOf('podman'), ['live', null]);
  });
});
