import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdoptedWorld, container, settled } from '../../../../test/fakes/adopted-world.ts';

const SHEER_YAML = `
services:
  web: { match: { label: app=web }, calls: [{ service: cart, port: 80 }] }
  cart: { match: { label: app=cart } }
`;

describe('a suggestion', () => {
  const world = new AdoptedWorld();

  before(async () => {
    await world.start();
    await world.run(
      container('web1', { labels: { app: 'web' } }),
      container('web2', { labels: { app: 'web' }, ip: '10.88.0.3' }),
      container('cart', { labels: { app: 'cart' }, ip: '10.88.0.4' }),
    );
    world.loop.questions.declare([{ name: 'sheer.yaml', content: SHEER_YAML, directory: '/srv' }], {
      dryRun: false,
      actor: 'ada',
    });
    world.sensor.see(
      world.connection('10.88.0.2', '10.88.0.4', 80),
      world.connection('10.88.0.2', '10.88.0.4', 53),
      world.connection('10.88.0.3', '10.88.0.4', 53),
      world.connection('10.88.0.2', '10.9.9.9', 25),
      world.connection('10.88.0.3', '10.9.9.9', 25),
    );
    const end = (holder: string) => ({ holder, scope: '', ip: '' });
    world.loop.view.calls.add({
      ...world.connection('10.88.0.2', '10.88.0.4'),
      source: 'conntrack',
      protocol: 'udp',
      client: end('container/web1'),
      server: end('container/cart'),
      port: 53,
    });
    world.now += 3000;
    world.sensor.see({ kind: 'watermark', at: world.now });
    world.engine.report({ kind: 'watermark', at: world.now });
    await settled();
  });

  after(() => world.end());

  it('adds up the calls of all instances, by port and protocol, and leaves out what is declared', () => {
    const lines = world.loop.questions.suggest().split('\n');
    const told = lines.filter((line) => line.includes('connections')).map((line) => line.trim().slice(0, 68));
    assert.deepEqual(told, [
      '# 2 connections, the last one at 2026-09-21T14:13:20.000Z; give it i',
      '- { from: web, service: cart, port: 53 }   # 2 connections, the last',
      '- { from: web, service: cart, port: 53, protocol: udp }   # 1 connec',
    ]);
  });
});
