import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { addressId, type AddressData, type Observation } from '#model';
import { AdoptedWorld, container, NOW } from '../../../../test/fakes/adopted-world.ts';
import { EndNamer } from './ends.ts';

const SHEER_YAML = `
teams: { payments: {} }
services:
  web: { match: { label: app=web }, calls: [{ service: cart }] }
  cart: { match: { label: app=cart }, owner: payments }
`;

describe('calls', () => {
  let world: AdoptedWorld;

  beforeEach(async () => {
    world = new AdoptedWorld();
    await world.start();
  });

  afterEach(() => world.end());

  const evidence = (at: number | null, team: string | null = null): readonly string[] =>
    world.loop.questions
      .calls({ ...NOW, at, team, since: null })
      .map(({ from, to, evidence: kinds }) => `${from} → ${to} ${kinds.join('+')}`);

  it('of now belong to the teams of now, those of then were not declared yet', async () => {
    await world.run(
      container('web', { labels: { app: 'web' } }),
      container('cart', { labels: { app: 'cart' }, ip: '10.88.0.3' }),
    );
    await world.call('web', 'cart', 80);
    const then = world.now;
    world.now += 600_000;
    world.loop.questions.declare([{ name: 'sheer.yaml', content: SHEER_YAML, directory: '/srv' }], {
      dryRun: false,
      actor: 'ada',
    });
    assert.deepEqual(evidence(null, 'payments'), ['web → cart declared+observed']);
    assert.deepEqual(evidence(then), ['web → cart observed']);
    assert.deepEqual(evidence(then, 'payments'), [], 'nobody owned it then');
  });

  it('to a port that is one program on TCP and another on UDP are named by their protocol', async () => {
    await world.run(
      [...container('proxy', { ip: '10.88.0.2' }), listens('proxy', 'tcp')],
      [...container('dns', { ip: '10.88.0.3' }), listens('dns', 'udp')],
    );
    const namer = new EndNamer(world.loop.view, world.now);
    const seen = { from: world.now - 1000, until: world.now - 1000 };
    const end = { holder: '', scope: '', ip: '192.0.2.1' };
    const called = (protocol: string) => namer.name(end, { port: 53, protocol }, seen).name;
    assert.deepEqual([called('tcp'), called('udp')], ['proxy', 'dns']);
  });
});

function listens(name: string, protocol: 'tcp' | 'udp'): Observation {
  const holder = { kind: 'instance', id: `container/${name}` } as const;
  const data: AddressData = { scope: 'host/n', ip: '192.0.2.1', port: 53, protocol, holder };
  return { kind: 'assert', subject: { kind: 'address', id: addressId(data) }, data, validFrom: 1 };
}
