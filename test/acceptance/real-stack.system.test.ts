import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type {
  CallAnswer,
  FlowAnswer,
  InstanceAnswer,
  LintFinding,
  NextStep,
  ServiceAnswer,
  SourceAnswer,
  WhoAnswer,
  WhyAnswer,
} from '#model';
import { childrenOf } from './processes-of.ts';
import { eventually, Product, sourceIsLive } from './product.ts';
import { RealStack } from './stack/real-stack.ts';

/** From, to, port, protocol, connections. */
type Line = readonly [
  from: string,
  to: string,
  port: number | null,
  protocol: string,
  connections: number | null,
];

describe('PostgreSQL, Redis and nginx from Debian, with a Node service between them', () => {
  let stack: RealStack;
  let sheer: Product;

  const teardown = new AsyncDisposableStack();
  before(async () => {
    stack = await RealStack.start();
    teardown.defer(() => stack.stop());
    // Pools and kept connections are open before anybody looks.
    await stack.request('/pooled', 6);
    sheer = await Product.start();
    teardown.use(sheer);
    await sourceIsLive(sheer, 'tcp');
    await untilPoolsAreFound();
  });
  after(() => teardown.disposeAsync());

  /** Everything that has to do with one of the stack's ports or its web service. */
  async function callsOfStack(): Promise<readonly CallAnswer[]> {
    const ports = new Set<number | null>(Object.values(stack.ports));
    const calls = await sheer.json<readonly CallAnswer[]>('calls');
    const own = new Set([stack.web, stack.caller, 'app']);
    return calls.filter(({ from, to, port }) => ports.has(port) || own.has(from) || own.has(to));
  }

  async function untilPoolsAreFound(): Promise<void> {
    await eventually('the connections that were open before are found', async () => {
      const calls = await sheer.ask<readonly CallAnswer[]>('calls');
      const found = calls.filter(({ from, port }) => from === stack.web && port !== null);
      const ofNginx = calls.some(({ port }) => port === stack.ports.web);
      return found.length === 2 && ofNginx ? true : null;
    }).catch(async (cause: unknown) => {
      throw new Error(JSON.stringify(await callsOfStack(), null, 1), { cause });
    });
  }

  async function lost(): Promise<number> {
    const sources = await sheer.ask<readonly SourceAnswer[]>('sources');
    return sources.find(({ id }) => id === 'tcp')?.lost ?? Number.NaN;
  }

  it('finds exactly the connections that were made, before and after it attached', async () => {
    await stack.request('/fresh', 20);
    await stack.request('/fresh', 20, '[::1]');
    await stack.request('/pooled', 5);
    const { ports } = stack;
    const truth = await stack.truth();
    assert.deepEqual(
      [truth.redis, truth.postgres],
      [41, 41],
      'a pool of one, and one for each fresh request',
    );
    const expected: readonly Line[] = [
      ['nginx', stack.web, ports.web, 'tcp', truth.nginx],
      [stack.caller, 'nginx', ports.nginx, 'tcp', 45],
      [stack.web, 'postgres', ports.postgres, 'tcp', truth.postgres],
      [stack.web, 'redis-server', ports.redis, 'tcp', truth.redis],
    ];
    let calls: readonly CallAnswer[] = [];
    const found = async () => {
      calls = (await callsOfStack()).filter(({ protocol }) => protocol === 'tcp');
      return calls.map(lineOf);
    };
    await eventually('as many connections as were made', async () => {
      const connections = (lines: readonly Line[]) => lines.reduce((sum, line) => sum + (line[4] ?? 0), 0);
      return connections(await found()) >= connections(expected) ? true : null;
    }).catch(() => null);
    assert.deepEqual(
      await found(),
      expected,
      `${await lost()} events lost; ${JSON.stringify(calls, null, 1)}`,
    );
  });

  it('takes the workers of nginx and PostgreSQL for their masters', async () => {
    const instances = await sheer.json<readonly InstanceAnswer[]>('instances');
    for (const [name, program] of [
      ['nginx', 'nginx'],
      ['postgres', 'postgres'],
    ] as const) {
      const master = stack.pidOf(name);
      const workers = childrenOf(master).map(({ pid }) => pid);
      assert.ok(workers.length >= 2, `${name} has workers`);
      assert.deepEqual(
        instances.filter(({ pid }) => pid === master).map((each) => each.name),
        [program],
      );
      assert.deepEqual(
        instances.filter(({ pid }) => pid !== null && workers.includes(pid)),
        [],
      );
    }
  });

  it('names a datagram exchange where the kernel tracks connections, and says so where not', async () => {
    await stack.exchange(3);
    const sources = await sheer.json<readonly SourceAnswer[]>('sources');
    const conntrack = sources.find(({ id }) => id === 'conntrack');
    if (conntrack?.state === 'live') {
      const call = await eventually('the exchange is found', async () =>
        (await callsOfStack()).find(({ port }) => port === stack.ports.udp),
      );
      // Connection tracking sees addresses: the socket that listens has a name, the sender is this machine.
      assert.deepEqual(lineOf(call), [call.from, stack.web, stack.ports.udp, 'udp', 1]);
      assert.notEqual(call.from, 'unknown');
    } else {
      assert.equal(conntrack?.state, 'inactive');
      assert.match(conntrack?.reason ?? '', /\S/);
    }
  });

  it('changes its answers with what is declared', async () => {
    const { ports } = stack;
    const file = join(stack.directory, 'sheer.yaml');
    await writeFile(file, declarations(stack));
    assert.equal((await sheer.run('declare', file, '--yes')).exit, 0);

    const services = await sheer.json<readonly ServiceAnswer[]>('services');
    const owners = services.filter(({ derivedFrom }) => derivedFrom === 'selector');
    assert.deepEqual(
      owners.map(({ name, team, instances }) => [name, team, instances]),
      [
        ['app', 'edge', 1],
        ['cache', 'data', 1],
        ['front', 'edge', 1],
        ['ledger', 'data', 0],
        ['orders-db', 'data', 1],
      ],
    );

    const why = async (from: string, to: string) => (await sheer.json<WhyAnswer>('why', from, to)).answer;
    assert.equal(await why('front', 'app'), 'observed and declared');
    assert.equal(await why('app', `orders-db:${ports.postgres}`), 'observed, not declared');
    assert.equal(await why('app', 'ledger'), 'declared, never observed');
    assert.equal(await why('front', 'cache'), 'no');

    const findings = await sheer.json<readonly LintFinding[]>('lint');
    const ofStack = findings.filter(
      ({ subject }) =>
        ['app', 'front', 'ledger', stack.web, stack.caller].some((name) => subject.includes(name)) &&
        !subject.endsWith(`:${ports.udp}`),
    );
    assert.deepEqual(ofStack.map(({ rule, subject }) => `${rule}: ${subject}`).toSorted(), [
      'declared-never-seen: app → ledger',
      'declared-never-seen: default/default/ledger',
      `no-owner: default/default/${stack.caller}`,
      `seen-not-declared: app → orders-db:${ports.postgres}`,
      `seen-not-declared: ${stack.caller} → front:${ports.nginx}`,
    ]);

    const [unseen] = await sheer.json<readonly NextStep[]>('next', 'app');
    assert.equal(unseen?.command, 'sheer why app ledger');
    const [step] = await sheer.json<readonly NextStep[]>('next', 'ledger');
    assert.equal(step?.service, 'default/default/ledger');
    assert.match(step?.evidence.join(' ') ?? '', /ledger is declared, but nothing that its selectors match/);

    const who = await sheer.json<WhoAnswer>('who', 'cache');
    assert.deepEqual(who.teams, ['data']);
    assert.deepEqual(
      who.callers
        .filter(({ service }) => service.includes('/'))
        .map(({ service, team, distance }) => [service, team, distance]),
      [
        ['default/default/app', 'edge', 1],
        ['default/default/front', 'edge', 2],
        [`default/default/${stack.caller}`, null, 3],
      ],
    );
    assert.deepEqual(new Set((await callsOfStack()).map(({ to }) => to)), new Set(TARGETS));
  });

  it('knows callers that lived a few milliseconds, each of them, and that they are gone', async () => {
    const pids = new Set<number | null>();
    for (let sent = 0; sent < MOMENTARY; sent++) {
      const child = spawn('curl', ['-sf', '-o', '/dev/null', `http://127.0.0.1:${stack.ports.nginx}/ready`]);
      pids.add(child.pid ?? null);
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    }
    await eventually('their calls are found', async () => {
      const calls = (await callsOfStack()).filter(({ from }) => from === 'curl');
      return calls.some(({ to, connections }) => to === 'front' && connections === MOMENTARY) ? true : null;
    });
    await eventually('they are gone', async () => {
      const alive = await sheer.ask<readonly InstanceAnswer[]>('instances');
      return alive.some(({ pid }) => pids.has(pid)) ? null : true;
    });
    const flows = await sheer.json<readonly FlowAnswer[]>('flows', '--since', '10m', '--from', 'curl');
    const callers = flows.filter(({ port }) => port === stack.ports.nginx).map(({ from }) => from.instance);
    assert.equal(new Set(callers).size, MOMENTARY);
    for (const pid of pids) assert.ok(callers.some((id) => id?.includes(`/${pid}/`)));
  });
});

const MOMENTARY = 8;
const TARGETS = ['app', 'cache', 'front', 'ledger', 'orders-db'];

const declarations = ({ ports, directory, web }: RealStack): string => `
teams:
  edge: { contact: edge@example.com }
  data:
services:
  front: { owner: edge, match: { port: ${ports.nginx} }, calls: [{ service: app, port: ${ports.web} }] }
  app:
    owner: edge
    match: { workingDirectory: ${directory}/${web} }
    calls: [{ service: cache }, { service: ledger }]
  cache: { owner: data, match: { port: ${ports.redis} } }
  orders-db: { owner: data, match: { port: ${ports.postgres} } }
  ledger: { owner: data, match: { executable: no-such-ledger } }
`;

const lineOf = ({ from, to, port, protocol, connections }: CallAnswer): Line => [
  from,
  to,
  port,
  protocol,
  connections,
];
