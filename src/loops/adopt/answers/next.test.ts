import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdoptedWorld, container } from '../../../../test/fakes/adopted-world.ts';

describe('the next step', () => {
  const world = new AdoptedWorld();

  before(async () => {
    await world.start();
    await world.run(
      container('aaaaaaaa'),
      container('bbbbbbbb', { ip: '10.88.0.3' }),
      container('cccccccc', { ip: '10.88.0.4' }),
    );
    await world.call('aaaaaaaa', 'bbbbbbbb', 80);
    await world.call('aaaaaaaa', 'cccccccc', 80);
    await world.call('bbbbbbbb', 'cccccccc', 80);
  });

  after(() => world.end());

  it('is for the service that most others call, of those that need the same', () => {
    assert.deepEqual(
      world.loop.questions.next(null).map(({ evidence }) => evidence[0]),
      ['cccccccc has no owner', 'bbbbbbbb has no owner', 'aaaaaaaa has no owner'],
    );
  });
});

describe('the next step of one of two services with the same name', () => {
  const world = new AdoptedWorld();
  before(() => world.start());
  after(() => world.end());

  it('is its own, and its command can be pasted', async () => {
    const shared = 'teams: { shop: {} }\nenvironments: { live: {}, test: {} }';
    const web = (environment: string): string =>
      `services: { web: { match: { name: ${environment}-web }, owner: shop, environment: ${environment}`;
    const external = 'externals: { the bank: { addresses: 203.0.113.7, owner: shop } }';
    for (const [directory, content] of [
      ['/srv', `${shared}\n${external}`],
      ['/srv/test', `${web('test')} } }`],
      ['/srv/live', `${web('live')}, calls: [{ external: the bank }] } }`],
    ] as const) {
      const files = [{ name: `${directory}/sheer.yaml`, content, directory }];
      world.loop.questions.declare(files, { dryRun: false, actor: 'ada' });
    }
    await world.run(container('test-web'), container('live-web', { ip: '10.88.0.3' }));
    const commands = (service: string) => world.loop.questions.next(service).map(({ command }) => command);
    assert.deepEqual(commands('live/default/web'), ["sheer why live/default/web 'the bank'"]);
    assert.deepEqual(commands('test/default/web'), []);
  });
});

describe('the command of a next step', () => {
  const world = new AdoptedWorld();
  before(() => world.start());
  after(() => world.end());

  function commandWith(...others: readonly string[]): string | undefined {
    const web = 'web: { match: { name: web }, owner: shop, calls: [{ service: bank }] }';
    const bank = 'bank: { match: { name: bank }, owner: shop }';
    const files = [
      ['/srv', 'teams: { shop: {} }\nenvironments: { test: {} }'],
      ['/srv/live', `services:\n  ${web}\n  ${bank}`],
      ...others.map((content) => ['/srv/other', content] as const),
    ] as const;
    for (const [directory, content] of files) {
      const file = { name: `${directory}/sheer.yaml`, content, directory };
      world.loop.questions.declare([file], { dryRun: false, actor: 'ada' });
    }
    return world.loop.questions.next('default/default/web')[0]?.command;
  }

  it('says names, but the id of what shares its name with a service or an external', async () => {
    await world.run(container('web'), container('bank', { ip: '10.88.0.3' }));
    assert.equal(commandWith(), 'sheer why web bank');
    const service = 'services: { web: { match: { name: other }, owner: shop, environment: test } }';
    assert.equal(commandWith(service), 'sheer why default/default/web bank');
    const external = 'externals: { bank: { addresses: 203.0.113.7, owner: shop } }';
    assert.equal(commandWith(external), 'sheer why web default/default/bank');
  });
});
