import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ImageData, NodeData, Observation } from '#model';
import { AdoptedWorld, container, NOW, settled } from '../../../../test/fakes/adopted-world.ts';

const SHEER_YAML = `
teams:
  storefront: {}
  payments: {}
environments:
  production: { match: { label: env=production } }
services:
  production/shop/web:
    owner: storefront
    match: { label: app=web }
  cart:
    owner: payments
    match: { label: app=cart }
  other-cart:
    owner: payments
    match: { label: app=both }
  another-cart:
    owner: payments
    match: { label: app=both }
externals:
  bank: { owner: payments, addresses: 203.0.113.0/24 }
  mail: { owner: storefront, addresses: 198.51.100.0/24 }
`;

const image = (id: string): Observation => ({
  kind: 'assert',
  subject: { kind: 'image', id: `sha256:${id}` },
  data: IMAGE,
  validFrom: 1,
});

const IMAGE: ImageData = {
  names: [],
  digests: [],
  diffIds: [],
  labels: {},
  sizeBytes: null,
  created: null,
  platform: null,
};

const node = (id: string): Observation => ({
  kind: 'assert',
  subject: { kind: 'node', id },
  data: NODE,
  validFrom: 1,
});

const NODE: NodeData = { os: '', kernel: '', architecture: '', bootId: '', cpus: 1, memoryBytes: 1 };

const THINGS: readonly Observation[] = [
  ...['web', 'cart', 'both', 'old'].map(image),
  ...['n', 'm', 'idle'].map(node),
];

const from = (id: string) => ({ images: [{ name: `shop/${id}`, id: `sha256:${id}` }] });

describe('lists of things', () => {
  const world = new AdoptedWorld();
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

  before(async () => {
    await world.start();
    world.loop.questions.declare([{ name: 'sheer.yaml', content: SHEER_YAML, directory: '/srv/shop' }], {
      dryRun: false,
      actor: 'ada',
    });
    await world.run(
      container('web', { labels: { app: 'web', env: 'production' }, data: from('web') }),
      container('cart', { labels: { app: 'cart' }, ip: '10.88.0.3', data: { ...from('cart'), node: 'm' } }),
      [...container('both', { labels: { app: 'both' }, ip: '10.88.0.4', data: from('both') }), ...THINGS],
    );
    world.sensor.see({ ...world.connection('10.88.0.2', '198.51.100.9', 25), at: world.now });
    world.now += 3000;
    world.sensor.see({ kind: 'watermark', at: world.now });
    world.engine.report({ kind: 'watermark', at: world.now });
    await settled();
  });

  after(() => world.end());

  it('without a filter they are whole, with what two services claim', () => {
    const { questions } = world.loop;
    assert.deepEqual(ids(questions.nodes(NOW)).toSorted(), ['idle', 'm', 'n']);
    assert.deepEqual(ids(questions.images(NOW)).toSorted(), [
      'sha256:both',
      'sha256:cart',
      'sha256:old',
      'sha256:web',
    ]);
    const claimed = questions.images(NOW).find(({ id }) => id === 'sha256:both');
    assert.deepEqual([claimed?.instances, claimed?.services], [1, []]);
    assert.deepEqual(ids(questions.externals(NOW)), ['bank', 'mail']);
  });

  it('of a team they hold what is its own', () => {
    const { questions } = world.loop;
    const payments = { ...NOW, team: 'payments' };
    assert.deepEqual(ids(questions.nodes(payments)), ['m']);
    assert.deepEqual(ids(questions.images(payments)), ['sha256:cart']);
    assert.deepEqual(ids(questions.teams(payments)), ['payments']);
    assert.deepEqual(ids(questions.externals(payments)), ['bank']);
  });

  it('of an environment they hold what runs there, and what is called from there', () => {
    const { questions } = world.loop;
    const production = { ...NOW, environment: 'production' };
    assert.deepEqual(ids(questions.nodes(production)), ['n']);
    assert.deepEqual(ids(questions.images(production)), ['sha256:web']);
    assert.deepEqual(ids(questions.teams(production)), ['storefront']);
    assert.deepEqual(ids(questions.externals(production)), ['mail']);
  });

  it('who runs an image counts the instance that two services claim, and finds it by its name', () => {
    const { questions } = world.loop;
    assert.deepEqual(ids(questions.who('shop/both').instances), ['container/both']);
    assert.deepEqual(ids(questions.who('both').instances), ['container/both']);
    assert.deepEqual(questions.who('both').services, []);
    assert.deepEqual(ids(questions.who('shop/cart').services), ['default/default/cart']);
  });
});
