import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AdoptedWorld, settled } from '../../../test/fakes/adopted-world.ts';
import { until } from '../../../test/fakes/until.ts';
import { FakeSensor } from '../../../test/fakes/engine.ts';

/** Looks now and then, as the sensor of /proc/net does. */
class SamplingSensor extends FakeSensor {
  override readonly capabilities = {
    ...new FakeSensor().capabilities,
    connections: 'sampled',
    holders: 'local',
  } as const;
}

/** Sees packets pass by, from the first moment on, as the sensor of connection tracking does. */
class PassingSensor extends FakeSensor {
  override readonly capabilities = {
    ...new FakeSensor().capabilities,
    protocols: ['tcp', 'udp'],
    holders: 'none',
  } as const;
}

describe('a sampling sensor beside the one of events', () => {
  let world: AdoptedWorld;
  let helper: SamplingSensor;
  let passing: PassingSensor;

  beforeEach(async () => {
    world = new AdoptedWorld();
    helper = new SamplingSensor('sockets');
    passing = new PassingSensor('conntrack');
    await world.start([passing, helper]);
    await world.run();
  });
  afterEach(() => world.end());

  const connections = (): number => world.calls().reduce((sum, call) => sum + (call.connections ?? 0), 0);

  it('adds what was open before, once', async () => {
    helper.see(world.connection('10.88.0.8', '10.88.0.9'));
    await settled();
    pass(1000);
    await settled();
    pass(3000);
    await until(() => connections() === 1);
  });

  it('adds what it finds at its first look after all is seen, however late that comes, and nothing later', async () => {
    helper.see({ kind: 'watermark', at: world.now });
    await settled();
    pass(1000);
    await settled();
    pass(8000);
    helper.see(world.connection('10.88.0.8', '10.88.0.9'), { kind: 'watermark', at: world.now });
    await settled();
    helper.see(world.connection('10.88.0.8', '10.88.0.9', 81), { kind: 'watermark', at: world.now });
    await settled();
    pass(3000);
    await until(() => connections() > 0);
    await settled();
    assert.deepEqual(
      world.calls().map(({ port }) => port),
      [80],
    );
  });

  it('helps out until the kernel’s events are seen, not only what passes by', async () => {
    passing.see({ kind: 'watermark', at: world.now });
    helper.see({ kind: 'watermark', at: world.now });
    await settled();
    world.now += 8000;
    helper.see(world.connection('10.88.0.8', '10.88.0.9'), { kind: 'watermark', at: world.now });
    await settled();
    pass(3000);
    await until(() => connections() === 1);
  });

  const sides = [
    ['both ends', 'client'],
    ['what passes by', 'path'],
  ] as const;
  for (const [what, seenFrom] of sides) {
    it(`adds nothing that a sensor of ${what} had reported a moment ago`, () => addsNothing(seenFrom));
  }

  async function addsNothing(seenFrom: 'client' | 'path'): Promise<void> {
    const flow = world.connection('10.88.0.8', '10.88.0.9');
    world.sensor.see({ ...flow, seenFrom });
    await settled();
    pass(500);
    helper.see({ ...flow, at: world.now });
    await settled();
    pass(1000);
    await settled();
    pass(3000);
    await until(() => connections() > 0);
    await settled();
    assert.equal(connections(), 1);
  }

  /** Time passes, and whoever reports has reported up to then. */
  function pass(durationMs: number): void {
    world.now += durationMs;
    world.sensor.see({ kind: 'watermark', at: world.now });
    world.engine.report({ kind: 'watermark', at: world.now });
  }
});
