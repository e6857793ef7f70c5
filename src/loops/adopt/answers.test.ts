import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdoptedWorld, container, NOW, settled } from '../../../test/fakes/adopted-world.ts';

const SHEER_YAML = `
teams:
  storefront: {}
  payments: { contact: '#payments' }
services:
  shop/web:
    owner: storefront
    match: { label: app=web }
    calls:
      - service: cart
      - service: search
  shop/cart:
    owner: payments
    match: { label: app=cart }
  shop/search:
    owner: payments
    match: { label: app=search }
externals:
  bank:
    owner: payments
    addresses: [203.0.113.0/24]
`;

describe('answers about a small shop', () => {
  const world = new AdoptedWorld();

  before(async () => {
    await world.start();
    await world.run(
      container('aaaaaaaa', { labels: { app: 'web' } }),
      container('bbbbbbbb', { labels: { app: 'cart' }, ip: '10.88.0.3' }),
      container('cccccccc', { labels: { 'app.kubernetes.io/name': 'db' }, ip: '10.88.0.4' }),
    );
    world.loop.questions.declare([{ name: 'sheer.yaml', content: SHEER_YAML, directory: '/srv/shop' }], {
      dryRun: false,
      actor: 'ada',
    });
    await world.call('aaaaaaaa', 'bbbbbbbb', 80);
    await world.call('bbbbbbbb', 'cccccccc', 5432);
    world.sensor.see({ ...world.connection('10.88.0.3', '203.0.113.9', 443), at: world.now });
    world.now += 3000;
    world.sensor.see({ kind: 'watermark', at: world.now });
    world.engine.report({ kind: 'watermark', at: world.now });
    await settled();
  });

  after(() => world.end());

  it('calls are declared, observed or both', () => {
    const lines = world
      .calls()
      .map(({ from, to, port, evidence }) => `${from} ${to} ${port} ${evidence.join('+')}`);
    assert.deepEqual(lines, [
      'cart bank 443 observed',
      'cart db 5432 observed',
      'web cart 80 declared+observed',
      'web search null declared',
    ]);
  });

  it('why tells what is declared from what was seen', () => {
    const answers = [
      ['web', 'cart', 'observed and declared'],
      ['cart', 'db', 'observed, not declared'],
      ['web', 'search', 'declared, never observed'],
      ['db', 'web', 'no'],
    ] as const;
    for (const [from, to, answer] of answers) {
      const why = world.loop.questions.why(from, to, null);
      assert.equal(why.answer, answer, `${from} → ${to}`);
      assert.equal(why.policy, 'not enforced');
    }
    assert.throws(() => world.loop.questions.why('web', 'nobody', null), { code: 'not-found' });
  });

  it('who lists everything that depends on a service, the near before the far', () => {
    const who = world.loop.questions.who('db');
    assert.deepEqual(
      who.callers.map(({ service, distance }) => `${service} ${distance}`),
      ['default/shop/cart 1', 'default/shop/web 2'],
    );
    assert.deepEqual(
      world.loop.questions.who('payments').services.map(({ name }) => name),
      ['cart', 'search'],
    );
    assert.equal(world.loop.questions.who('bbbbbbbb').instances[0]?.service, 'default/shop/cart');
    assert.deepEqual(world.loop.questions.who('bank').teams, ['payments']);
    assert.throws(() => world.loop.questions.who('nobody'), { code: 'not-found' });
  });

  it('teams have what they own, externals who calls them', () => {
    const teams = world.loop.questions
      .teams(NOW)
      .map(({ id, services, externals }) => ({ id, services, externals }));
    assert.deepEqual(teams, [
      { id: 'payments', services: ['default/shop/cart', 'default/shop/search'], externals: ['bank'] },
      { id: 'storefront', services: ['default/shop/web'], externals: [] },
    ]);
    const [bank] = world.loop.questions.externals(NOW);
    assert.deepEqual([bank?.id, bank?.team, bank?.callers], ['bank', 'payments', ['cart']]);
  });

  it('filters take what belongs to a team', () => {
    const services = world.loop.questions.services({ ...NOW, team: 'payments' });
    assert.deepEqual(
      services.map(({ name }) => name),
      ['cart', 'search'],
    );
    assert.equal(world.loop.questions.instances({ ...NOW, team: 'storefront', service: null }).length, 1);
  });

  it('lint finds what does not agree, and next says the first thing to do about it', () => {
    const findings = world.loop.questions.lint().map(({ rule, subject }) => `${rule} ${subject}`);
    assert.deepEqual(findings, [
      'no-owner default/default/db',
      'declared-never-seen default/shop/search',
      'declared-never-seen web → search',
      'seen-not-declared cart → bank:443',
    ]);
    assert.equal(world.loop.questions.next('db')[0]?.step, 'name its owner');
    assert.match(world.loop.questions.next('web')[0]?.evidence[0] ?? '', /from web to search is declared/);
    assert.deepEqual(
      world.loop.questions.next('web'),
      world.loop.questions.next('web'),
      'same graph, same advice',
    );
    assert.throws(() => world.loop.questions.next('nobody'), { code: 'not-found' });
  });

  it('history tells of a service, its instances and their addresses', () => {
    const history = world.loop.questions
      .history('cart', 20)
      .map(({ summary, evidence, actor }) => `${summary}, ${evidence} ${actor ?? ''}`.trim());
    assert.deepEqual(history, [
      'bbbbbbbb started, observed',
      'took 10.88.0.3, observed',
      'default/shop/cart was declared, declared ada',
    ]);
  });

  it('flows name both ends, with team and instance', () => {
    const flows = world.loop.questions.flows({
      since: 0,
      until: world.now + 60_000,
      from: 'cart',
      to: null,
      unknown: false,
      limit: 10,
    });
    const ends = flows.map(
      ({ from, to, port }) => `${from.name} (${from.team}) → ${to.name} (${to.team}):${port}`,
    );
    assert.deepEqual(ends.toSorted(), [
      'cart (payments) → bank (payments):443',
      'cart (payments) → db (null):5432',
    ]);
  });

  it('a declaration that contradicts another changes nothing', () => {
    const { position } = world.store.head('audit');
    const files = [
      {
        name: 'sheer.yaml',
        content: 'services:\n  shop/web: { match: { label: app=web } }\n',
        directory: '/srv/other',
      },
    ];
    assert.throws(
      () => world.loop.questions.declare(files, { dryRun: false, actor: 'eve' }),
      /declared in \/srv\/shop already/,
    );
    assert.equal(world.store.head('audit').position, position);
  });

  it('a suggestion names what nobody has declared', () => {
    assert.match(world.loop.questions.suggest(), /db/);
  });
});
