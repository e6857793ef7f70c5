import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { addressId, type Observation } from '#model';
import { address, AdoptedWorld, container, settled } from '../../../../test/fakes/adopted-world.ts';
import { until } from '../../../../test/fakes/until.ts';

/** One address in turn: the container that held it first, and the one that held it then. */
const IP = '10.88.0.2';

describe('a flow whose engine reports too late', () => {
  let world: AdoptedWorld;

  beforeEach(async () => {
    world = new AdoptedWorld();
    await world.start();
    await world.run(container('first', { ip: IP }));
  });
  afterEach(() => world.end());

  it('is not named by who held the address before, but once it is known', async () => {
    const at = pass(100);
    world.sensor.see({ ...world.connection(IP, '10.88.0.9'), at });
    await waitedFor(1);
    assert.equal(flows()[0]?.from.reason, 'pending');
    world.engine.report(gaveBack('first', at - 50), ...container('then', { ip: IP, since: at - 40 }));
    world.engine.report({ kind: 'watermark', at: world.now });
    await until(() => world.calls()[0]?.from === 'then');
    assert.equal(flows()[0]?.from.instance, 'container/then');
  });

  it('shares its row with another one: nobody is named when the address changed hands in between', async () => {
    const first = pass(100);
    world.sensor.see({ ...world.connection(IP, '10.88.0.9'), at: first });
    const second = pass(300);
    world.sensor.see({ ...world.connection(IP, '10.88.0.9'), at: second });
    await waitedFor(2);
    world.engine.report(gaveBack('first', first + 50), ...container('then', { ip: IP, since: second - 50 }));
    world.engine.report({ kind: 'watermark', at: world.now });
    await until(() => world.calls()[0]?.from === 'ambiguous');
    const [row] = flows();
    assert.equal(row?.connections, 2);
    assert.equal(row?.from.kind, 'ambiguous');
    assert.equal(row?.from.reason, 'container/first, container/then');
  });

  /** The new moment. */
  function pass(durationMs: number): number {
    world.now += durationMs;
    return world.now;
  }

  /** Until flows that the engine did not report up to are counted all the same. */
  async function waitedFor(connections: number): Promise<void> {
    await settled();
    world.sensor.see({ kind: 'watermark', at: pass(2500) });
    await until(() => world.calls().reduce((sum, call) => sum + (call.connections ?? 0), 0) === connections);
  }

  function flows() {
    const question = { from: null, to: null, unknown: false, limit: 10 };
    return world.loop.questions.flows({ ...question, since: world.now - 60_000, until: world.now + 1 });
  }

  function gaveBack(name: string, at: number): Observation {
    const subject = { kind: 'address', id: addressId(address(name, IP)) } as const;
    return { kind: 'end', subject, validFrom: at };
  }
});
