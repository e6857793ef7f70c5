import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { addressId } from '#model';
import {
  address,
  AdoptedWorld,
  BEGINNING,
  container,
  NOW,
  settled,
} from '../../../test/fakes/adopted-world.ts';
import { until } from '../../../test/fakes/until.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

let world: AdoptedWorld;

beforeEach(async () => {
  world = new AdoptedWorld();
  await world.start();
});

afterEach(() => world.end());

describe('adopting', () => {
  it('shows what an engine reports, with its service', async () => {
    const labels = { 'com.docker.compose.service': 'web', 'com.docker.compose.project': 'shop' };
    await world.run(container('a', { labels }));
    const [service] = world.loop.questions.services(NOW);
    assert.equal(service?.id, 'default/shop/web');
    assert.equal(service?.derivedFrom, 'compose');
    assert.equal(world.whois('10.88.0.2').service, 'web');
  });

  it('answers for the containers of its engines, and not for those of others', async () => {
    assert.equal(world.loop.ownsContainer('a'), false, 'no engine is live');
    const [state, begin, ...rest] = world.snapshot(container('a'));
    assert.ok(state !== undefined && begin !== undefined);
    world.engine.report(state, begin);
    await until(() => world.loop.ownsContainer('b') === null);
    world.engine.report(...rest);
    await until(() => world.loop.ownsContainer('a') === true && world.loop.ownsContainer('b') === false);
  });

  it('records nothing twice when an engine repeats itself', async () => {
    await world.run(container('a'));
    const { position } = world.store.head('observations');
    await world.run(container('a'));
    await settled();
    assert.equal(world.store.head('observations').position, position);
  });

  it('ends with slack what is gone after a restart, keeps what is still there, and records it once', async () => {
    await world.run(container('a'), container('b', { ip: '10.88.0.3' }));
    await world.stop();
    world.now += 60_000;
    await world.start();
    await world.run(container('a'));
    const [alive] = world.instances();
    assert.equal(alive?.id, 'container/a');
    assert.equal(alive?.since, new Date(BEGINNING - 5000).toISOString());
    const ended = world.loop.questions.history('container/b', 10).filter((entry) => entry.what === 'end');
    assert.equal(ended.length, 2, 'the instance and its address');
    assert.equal(world.whois('10.88.0.3', world.now - 30_000).kind, 'ambiguous');
    assert.equal(world.whois('10.88.0.7', world.now - 30_000).reason, 'feed-had-a-gap');
  });

  it('knows after a kill -9 what it knew before, and marks the time in between as a gap', async () => {
    await world.run(container('a'));
    await world.kill();
    world.now += 60_000;
    await world.start();
    assert.equal(world.instances().length, 1);
    await settled();
    assert.equal(world.loop.questions.sources().find((source) => source.id === 'podman')?.state, 'starting');
    assert.equal(world.whois('10.88.0.7', world.now - 30_000).reason, 'feed-had-a-gap');
    assert.ok(world.loop.questions.auditVerify(null).streams.every((stream) => stream.ok));
  });

  it('sees two runs where a container was restarted while nobody looked', async () => {
    await world.run(container('a'));
    world.now += 60_000;
    world.engine.report(...world.snapshot(container('a', { data: { pid: 77 }, since: world.now - 1000 })));
    await until(() => world.instances()[0]?.pid === 77);
    assert.equal(world.instances()[0]?.since, new Date(world.now - 1000).toISOString());
  });
});

describe('calls of before a restart', () => {
  it('are counted once, although what is counted since then grows the same rows', async () => {
    await world.run(container('a'), container('b', { ip: '10.88.0.3' }));
    await world.call('a', 'b', 80);
    await world.stop();
    await world.start();
    const { measurements } = world.store;
    const [row] = [...measurements.flows(0, world.now)].flat();
    assert.ok(row !== undefined);
    const older = Array.from({ length: 1500 }, (_, index) => ({
      ...row,
      minute: row.minute - 3_600_000,
      client: `container/x${index}`,
    }));
    measurements.addFlows(older);
    await world.stop();
    await world.start();
    // Before the background has read all of them.
    world.store.measurements.addFlows([row]);
    world.loop.view.calls.addRow(row);
    const records = (): number => [...world.loop.view.calls.records()].length;
    await until(() => records() === 1501);
    const again = [...world.loop.view.calls.records()].find(({ client }) => client.holder === row.client);
    assert.equal(again?.connections, 2);
  });
});

describe('the past', () => {
  /** A container that was there and has gone; returns a moment in its life. */
  async function goneContainer(): Promise<number> {
    await world.run(container('a'));
    const then = world.now - 1000;
    world.now += 1000;
    await world.run();
    return then;
  }

  it('leaves memory after the window, and is still answered from the streams', async () => {
    const then = await goneContainer();
    world.now += 9 * 24 * 3_600_000;
    world.loop.tidy();
    await until(() => world.loop.view.graph.facts.subject('instance', 'container/a') === -1);
    assert.equal(world.whois('10.88.0.2', then).instance, 'container/a');
    assert.equal(world.loop.questions.instances({ ...NOW, at: then, service: null }).length, 1);
    assert.equal(world.loop.questions.history('container/a', 10).length, 4);
    await world.stop();
    await world.start();
    assert.equal(world.whois('10.88.0.2', then).instance, 'container/a', 'after a restart too');
  });

  it('begins when Sheerline began to look, and an answer says when that was', async () => {
    await world.run(container('a'));
    const { reason, explanation, until: began } = world.whois('10.88.0.2', BEGINNING - YEAR_MS);
    const beginning = new Date(BEGINNING).toISOString();
    assert.deepEqual(
      [reason, explanation, began],
      ['before-observation-began', `that is before Sheerline began to look at ${beginning}`, beginning],
    );
  });

  it('is dropped when it is no longer kept, and an answer says so', async () => {
    const then = await goneContainer();
    world.now += 40 * 24 * 3_600_000;
    world.engine.report({ kind: 'gap', at: world.now, reason: 'test', lost: 0 });
    await settled();
    world.loop.tidy();
    await until(() => world.whois('10.88.0.2', then).reason === 'no-longer-retained');
    assert.equal(world.whois('10.88.0.2', then - YEAR_MS).reason, 'before-observation-began');
    assert.ok(world.loop.questions.auditVerify(null).streams.every((stream) => stream.ok));
  });
});

describe('a flow', () => {
  it('from before anything was observed has no name, and an address of this node is not the internet’s', async () => {
    const at = world.now - 10_000;
    const lookup = world.connection('203.0.113.2', '10.255.255.53', 53);
    world.sensor.see({ ...lookup, seenFrom: 'path', at });
    world.sensor.see({ ...lookup, client: { ...lookup.client, ip: '203.0.113.9' }, seenFrom: 'path', at });
    world.now += 3000;
    world.sensor.see({ kind: 'watermark', at: world.now });
    await until(() => world.calls().length > 0);
    await world.run(container('a', { ip: '203.0.113.2', since: world.now }));
    const flows = world.loop.questions.flows({
      since: at - 60_000,
      until: world.now,
      from: null,
      to: null,
      unknown: false,
      limit: 10,
    });
    const ends = flows
      .flatMap(({ from, to }) => [from, to])
      .map(({ ip, name, reason }) => `${ip} ${name} ${reason}`);
    assert.deepEqual(
      new Set(ends),
      new Set([
        '203.0.113.2 unknown before-observation-began',
        '203.0.113.9 internet null',
        '10.255.255.53 unknown before-observation-began',
      ]),
    );
  });

  it('is named at both ends by what the kernel says', async () => {
    await world.run(
      container('a', { labels: { 'app.kubernetes.io/name': 'web' } }),
      container('b', { labels: { 'app.kubernetes.io/name': 'cart' }, ip: '10.88.0.3' }),
    );
    await world.call('a', 'b', 80);
    const [call] = world.calls();
    assert.deepEqual([call?.from, call?.to, call?.port, call?.connections], ['web', 'cart', 80, 1]);
    assert.deepEqual(call?.evidence, ['observed']);
  });

  it('waits for the engine, so that a reused address gets the name that it had then', async () => {
    await world.run(container('a'));
    const at = world.now + 100;
    world.now += 200;
    world.sensor.see(
      { ...world.connection('10.88.0.2', '10.88.0.9'), at },
      { kind: 'watermark', at: world.now },
    );
    await settled();
    assert.equal(world.calls().length, 0, 'the engine has not reported that far');
    // Before the flow the address had gone from one to the other.
    world.engine.report(
      {
        kind: 'end',
        subject: { kind: 'address', id: addressId(address('a', '10.88.0.2')) },
        validFrom: at - 50,
      },
      ...container('late', { since: at - 40 }),
      { kind: 'watermark', at: world.now },
    );
    await until(() => world.calls().length === 1);
    const [call] = world.calls();
    assert.equal(call?.from, 'late');
    assert.equal(call?.to, 'unknown');
  });
});

describe('a full disk', () => {
  it('is told once, however often it is tried, and once when there is room again', async () => {
    await world.run(container('a'));
    const freeDisk = world.fillDisk();
    for (const ip of ['10.88.0.3', '10.88.0.4', '10.88.0.5']) {
      world.engine.report(...container(ip, { ip }));
      await settled();
      world.instances();
    }
    const told = world.troubles.filter((message) => message.startsWith('could not write'));
    assert.deepEqual(told, ['could not write; trying again']);
    assert.deepEqual(world.news, []);
    freeDisk();
    await until(() => world.instances().length === 4);
    world.engine.report(...container('b', { ip: '10.88.0.6' }));
    await until(() => world.instances().length === 5);
    assert.deepEqual(world.news, ['can write again']);
    world.troubles = [];
  });

  it('is told at the end, which is an end all the same; the next start knows what was written', async () => {
    await world.run(container('a'));
    const freeDisk = world.fillDisk();
    await world.stop();
    freeDisk();
    assert.ok(world.troubles.includes('could not write; trying again'));
    world.troubles = [];
    await world.start();
    assert.deepEqual(
      world.instances().map(({ id }) => id),
      ['container/a'],
    );
  });
});
