import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { addressId, type AddressData, type Flow, type InstanceData, type Observation } from '#model';
import { FlowLogReader, namedLine } from '#sensors';
import { openSqliteStore, type Store } from '#store';
import { FakeEngine, FakeSensor } from '../../../test/fakes/engine.ts';
import { AdoptLoop } from './adopt-loop.ts';

const NODE = 'n';
const NETWORK = `network/${NODE}/podman`;
const NOW = { at: null, team: null, environment: null };

let directory: string;
let store: Store;
let engine: FakeEngine;
let sensor: FakeSensor;
let loop: AdoptLoop;
let now: number;
let troubles: string[];

async function start(): Promise<void> {
  store = openSqliteStore({ directory, clock: () => now, node: NODE });
  engine = new FakeEngine();
  sensor = new FakeSensor();
  loop = new AdoptLoop({
    store,
    engines: [engine],
    sensors: [sensor],
    flowLogs: { createReader: (reader) => new FlowLogReader(reader), namedLine },
    node: NODE,
    bootId: 'b00t',
    clock: () => now,
    logger: { error: (message) => void troubles.push(message) },
    self: () => ({
      version: '0',
      state: directory,
      address: '',
      socket: '',
      pid: 1,
      since: '',
      memoryBytes: 0,
    }),
  });
  await loop.start();
}

/** As kill -9 does it: nothing is written any more, whatever the loop still tries. */
async function kill(): Promise<void> {
  const dying = loop;
  store.close();
  await assert.rejects(dying.stop());
  troubles = [];
}

beforeEach(async () => {
  troubles = [];
  directory = mkdtempSync(path.join(tmpdir(), 'sheerline-adopt-'));
  now = 1_790_000_000_000;
  await start();
});

afterEach(async () => {
  await loop.stop();
  store.close();
  assert.deepEqual(troubles, []);
  rmSync(directory, { recursive: true, force: true });
});

describe('adopting', () => {
  it('shows what an engine reports, with its service', async () => {
    engine.report(
      ...snapshot(
        container('a', { 'com.docker.compose.service': 'web', 'com.docker.compose.project': 'shop' }),
      ),
    );
    await until(() => loop.questions.services(NOW).length === 1);
    const [service] = loop.questions.services(NOW);
    assert.equal(service?.id, 'default/shop/web');
    assert.equal(service?.derivedFrom, 'compose');
    assert.equal(loop.questions.whois({ ip: '10.88.0.2', port: null, at: null, scope: null }).service, 'web');
  });

  it('records nothing twice when an engine repeats itself', async () => {
    engine.report(...snapshot(container('a')));
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 1);
    const { position } = store.head('observations');
    engine.report(...snapshot(container('a')), { kind: 'watermark', at: now + 1 });
    await until(() => loop.questions.sources().length > 0);
    await settled();
    assert.equal(store.head('observations').position, position);
  });

  it('ends with slack what is gone after a restart, keeps what is still there, and records it once', async () => {
    engine.report(...snapshot(...container('a'), ...container('b', {}, '10.88.0.3')), {
      kind: 'watermark',
      at: now + 10,
    });
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 2);
    await loop.stop();
    store.close();
    now += 60_000;
    await start();
    engine.report(...snapshot(container('a')));
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 1);
    const [alive] = loop.questions.instances({ ...NOW, service: null });
    assert.equal(alive?.id, 'container/a');
    assert.equal(alive?.since, new Date(1_790_000_000_000 - 5000).toISOString());
    const ended = loop.questions.history('container/b', 10).filter((entry) => entry.what === 'end');
    assert.equal(ended.length, 2, 'the instance and its address');
    assert.equal(
      loop.questions.whois({ ip: '10.88.0.3', port: null, at: now - 30_000, scope: null }).kind,
      'ambiguous',
    );
    assert.equal(
      loop.questions.whois({ ip: '10.88.0.7', port: null, at: now - 30_000, scope: null }).reason,
      'feed-had-a-gap',
    );
  });

  it('knows after a kill -9 what it knew before, and marks the time in between as a gap', async () => {
    engine.report(...snapshot(container('a')));
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 1);
    await kill();
    now += 60_000;
    await start();
    assert.equal(loop.questions.instances({ ...NOW, service: null }).length, 1);
    await settled();
    assert.equal(loop.questions.sources().find((source) => source.id === 'podman')?.state, 'gap');
    assert.equal(
      loop.questions.auditVerify(null).streams.every((stream) => stream.ok),
      true,
    );
  });

  it('sees two runs where a container was restarted while nobody looked', async () => {
    engine.report(...snapshot(container('a')));
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 1);
    now += 60_000;
    engine.report(...snapshot(container('a', {}, '10.88.0.2', { pid: 77, since: now - 1000 })));
    await until(() => loop.questions.instances({ ...NOW, service: null })[0]?.pid === 77);
    assert.equal(
      loop.questions.instances({ ...NOW, service: null })[0]?.since,
      new Date(now - 1000).toISOString(),
    );
  });
});

describe('the past', () => {
  it('leaves memory after the window, and is still answered from the streams', async () => {
    engine.report(...snapshot(container('a')), { kind: 'watermark', at: now });
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 1);
    const then = now - 1000;
    now += 1000;
    engine.report({ kind: 'snapshot-begin', at: now }, { kind: 'snapshot-end', at: now });
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 0);
    now += 9 * 24 * 3_600_000;
    loop.tidy();
    assert.equal(loop.view.graph.facts.subject('instance', 'container/a'), -1, 'memory has forgotten it');
    const question = { ip: '10.88.0.2', port: null, at: then, scope: null };
    assert.equal(loop.questions.whois(question).instance, 'container/a');
    assert.equal(loop.questions.instances({ ...NOW, at: then, service: null }).length, 1);
    assert.equal(loop.questions.history('container/a', 10).length, 4);
    await loop.stop();
    store.close();
    await start();
    assert.equal(loop.questions.whois(question).instance, 'container/a', 'after a restart too');
  });

  it('is dropped when it is no longer kept, and an answer says so', async () => {
    engine.report(...snapshot(container('a')), { kind: 'watermark', at: now });
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 1);
    const then = now;
    now += 1000;
    engine.report({ kind: 'snapshot-begin', at: now }, { kind: 'snapshot-end', at: now });
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 0);
    now += 40 * 24 * 3_600_000;
    engine.report({ kind: 'gap', at: now, reason: 'test', lost: 0 });
    await settled();
    loop.tidy();
    const question = { ip: '10.88.0.2', port: null, at: then, scope: null };
    assert.equal(loop.questions.whois(question).reason, 'no-longer-retained');
    assert.ok(loop.questions.auditVerify(null).streams.every((stream) => stream.ok));
  });
});

describe('a flow', () => {
  it('is named at both ends by what the kernel says', async () => {
    engine.report(
      ...snapshot(
        ...container('a', { app: 'x', 'app.kubernetes.io/name': 'web' }),
        ...container('b', { 'app.kubernetes.io/name': 'cart' }, '10.88.0.3'),
      ),
    );
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 2);
    const flow = connection('10.88.0.2', '10.88.0.3');
    const client = { ...flow, client: { ...flow.client, holder: { kind: 'container', id: 'a' } as const } };
    const server = {
      ...flow,
      seenFrom: 'server',
      server: { ...flow.server, holder: { kind: 'container', id: 'b' } as const },
    } as const;
    sensor.see(client, server);
    engine.report({ kind: 'watermark', at: now + 5000 });
    now += 3000;
    await until(() => loop.questions.calls({ ...NOW, since: null }).length === 1);
    const [call] = loop.questions.calls({ ...NOW, since: null });
    assert.deepEqual(
      [call?.from, call?.to, call?.port, call?.connections, call?.evidence],
      ['web', 'cart', 80, 1, ['observed']],
    );
  });

  it('waits for the engine, so that a reused address gets the name that it had then', async () => {
    engine.report(...snapshot(container('a', {}, '10.88.0.2')), { kind: 'watermark', at: now });
    await until(() => loop.questions.instances({ ...NOW, service: null }).length === 1);
    const at = now + 100;
    now += 200;
    sensor.see({ ...connection('10.88.0.2', '10.88.0.9'), at });
    await settled();
    assert.equal(
      loop.questions.calls({ ...NOW, since: null }).length,
      0,
      'the engine has not reported that far',
    );
    // Before the flow the address had gone from one to the other.
    engine.report(
      {
        kind: 'end',
        subject: { kind: 'address', id: addressId(address('a', '10.88.0.2')) },
        validFrom: at - 50,
      },
      {
        kind: 'assert',
        subject: { kind: 'instance', id: 'container/late' },
        data: instance('late'),
        validFrom: at - 40,
      },
      {
        kind: 'assert',
        subject: { kind: 'address', id: addressId(address('late', '10.88.0.2')) },
        data: address('late', '10.88.0.2'),
        validFrom: at - 40,
      },
      { kind: 'watermark', at: now },
    );
    await until(() => loop.questions.calls({ ...NOW, since: null }).length === 1);
    const [call] = loop.questions.calls({ ...NOW, since: null });
    assert.equal(call?.from, 'late');
    assert.equal(call?.to, 'unknown');
  });
});

/** Everything between the marks; the engine is live from then on. */
function snapshot(...parts: readonly (Observation | readonly Observation[])[]): readonly Observation[] {
  const data = { kind: 'engine', state: 'live', reason: null, description: 'podman 4', lost: 0 } as const;
  return [
    { kind: 'state', data },
    { kind: 'snapshot-begin', at: now },
    ...parts.flat(),
    { kind: 'snapshot-end', at: now },
  ];
}

function container(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  ip = '10.88.0.2',
  { since = 1_790_000_000_000 - 5000, ...more }: Partial<InstanceData> & { readonly since?: number } = {},
): readonly Observation[] {
  const held = address(name, ip);
  return [
    {
      kind: 'assert',
      subject: { kind: 'instance', id: `container/${name}` },
      data: { ...instance(name), labels, ...more },
      validFrom: since,
    },
    { kind: 'assert', subject: { kind: 'address', id: addressId(held) }, data: held, validFrom: since },
  ];
}

function instance(name: string): InstanceData {
  return {
    kind: 'container',
    engine: 'podman',
    node: NODE,
    name,
    images: [],
    labels: {},
    pid: 7,
    state: 'running',
    exitCode: null,
    executable: null,
    unit: null,
    cgroup: null,
    user: null,
    networks: ['podman'],
    addressMissing: null,
  };
}

const address = (name: string, ip: string): AddressData => ({
  scope: NETWORK,
  ip,
  port: null,
  protocol: null,
  holder: { kind: 'instance', id: `container/${name}` },
});

function connection(from: string, to: string): Flow {
  return {
    kind: 'flow',
    at: now,
    protocol: 'tcp',
    client: { ip: from, port: 40_000, scope: null, holder: null },
    server: { ip: to, port: 80, scope: null, holder: null },
    translated: null,
    seenFrom: 'client',
    verdict: 'established',
    connections: 1,
    bytes: null,
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never true: ${condition.toString()}`);
}

/** Long enough for what was reported to be recorded and settled. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));
