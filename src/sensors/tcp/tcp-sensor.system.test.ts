import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rmdir } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { containerInstanceId, hostScope, loopbackScope, networkScope, type Flow } from '#model';
import { openConnections, serveConnections, unifiedHierarchy } from '../../../test/generator/generator.ts';
import { TestNetwork } from '../../../test/generator/network-namespaces.ts';
import { describeSensor, ObservedSensor } from '../sensor.conformance.ts';
import { createTcpSensor } from './tcp-sensor.ts';

const NODE = 'test-node';
const create = () => createTcpSensor({ node: NODE, clock: Date.now });

describeSensor('tcp', {
  create,
  traffic: async () => {
    const server = await serveConnections({ address: '127.0.0.1' });
    await openConnections({
      address: '127.0.0.1',
      ports: server.ports,
      perSecond: 10,
      count: 1,
      lifetimeMs: 5,
    });
    await server.end();
    return (flow) => flow.server.port === server.ports[0] && flow.seenFrom === 'server';
  },
});

describe('tcp sensor on real connections', () => {
  const observed = new ObservedSensor(create());
  before(async () => {
    await observed.until('live', (event) => event.kind === 'state' && event.data.state === 'live');
  });
  after(async () => {
    await observed.stop();
  });

  /** Those of one server, by the side that they were seen from; byte counts apart. */
  function flowsOf(ports: readonly number[]) {
    const flows = observed.flows.filter((flow) => ports.includes(flow.server.port));
    const opened = flows.filter((flow) => flow.connections === 1);
    return {
      client: opened.filter((flow) => flow.seenFrom === 'client'),
      server: opened.filter((flow) => flow.seenFrom === 'server'),
      closed: flows.filter((flow) => flow.connections === 0),
    };
  }

  for (const address of ['127.0.0.1', '::1']) {
    it(`sees every connection of 5 ms to ${address} from both sides, with its bytes and processes`, async () => {
      const server = await serveConnections({ address, ports: 4 });
      const truth = await openConnections({
        address,
        ports: server.ports,
        perSecond: 1_000,
        count: 2_000,
        lifetimeMs: 5,
        payloadBytes: 100,
      });
      const accepted = await server.end();
      await observed.settled();
      const { client, server: served, closed } = flowsOf(server.ports);
      const opened = truth.connections.map(({ ownPort, peerPort }) => `${ownPort}>${peerPort}`).toSorted();
      assert.equal(opened.length, 2_000);
      assert.deepEqual(client.map(portsOf).toSorted(), opened);
      assert.deepEqual(served.map(portsOf).toSorted(), opened);
      assert.deepEqual(closed.map(portsOf).toSorted(), opened);
      assert.equal(accepted.length, 2_000);
      for (const flow of closed) assert.equal(flow.bytes, 200);
      for (const flow of client) {
        const { pid, startTicks } = truth.process;
        assert.ok(flow.client.holder?.kind === 'process');
        assert.match(flow.client.holder.command, /MainThread$/);
        assert.deepEqual([flow.client.holder.pid, flow.client.holder.startTicks], [pid, startTicks]);
        assert.deepEqual([flow.client.ip, flow.client.scope], [address, hostScope(NODE)]);
        assert.deepEqual([flow.server.ip, flow.server.scope], [address, hostScope(NODE)]);
        assert.equal(flow.verdict, 'established');
      }
      for (const flow of served) assert.deepEqual([flow.server.holder, flow.client.holder], [null, null]);
      const timeOf = new Map(
        truth.connections.map(({ ownPort, peerPort, at }) => [`${ownPort}>${peerPort}`, at]),
      );
      // The generator looks at its clock after the kernel did; in the wrong order by 1 ms at most.
      for (const flow of client) assert.ok(flow.at < (timeOf.get(portsOf(flow)) ?? 0) + 1);
    });
  }

  it('shows an IPv4 connection through a dual-stack socket as IPv4', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '::');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    server.close();
    await observed.settled();
    const { client, server: served } = flowsOf([port]);
    assert.deepEqual(
      [client[0]?.server.ip, served[0]?.server.ip, served[0]?.client.ip],
      Array(3).fill('127.0.0.1'),
    );
  });

  it('shows a refused connection, with who tried', async () => {
    const truth = await openConnections({
      address: '127.0.0.1',
      ports: [1],
      perSecond: 10,
      count: 1,
      lifetimeMs: 5,
    });
    await observed.settled();
    const flow = observed.flows.find(
      ({ client, server }) =>
        server.port === 1 && client.holder?.kind === 'process' && client.holder.pid === truth.process.pid,
    );
    assert.equal(flow?.verdict, 'refused');
    assert.equal(flow.connections, 1);
  });

  it('sees connections in and between other network namespaces, by processes of the host', async () => {
    await using network = await TestNetwork.create();
    const [left, right] = network.ends;
    const server = await serveConnections({ address: right.ip, place: { networkNamespace: right.path } });
    await openConnections({
      address: right.ip,
      ports: server.ports,
      perSecond: 100,
      count: 20,
      lifetimeMs: 5,
      place: { networkNamespace: left.path },
    });
    await server.end();
    await observed.settled();
    const { client, server: served } = flowsOf(server.ports);
    assert.deepEqual([client.length, served.length], [20, 20]);
    assert.equal(client[0]?.client.scope, networkScope(NODE, `netns-${left.inode}`));
    assert.equal(client[0].client.ip, left.ip);
    assert.equal(client[0].server.scope, null);
    assert.equal(served[0]?.server.scope, networkScope(NODE, `netns-${right.inode}`));
  });

  it('calls a connection that nobody answers unanswered, as of its beginning', async () => {
    await using network = await TestNetwork.create();
    const [left] = network.ends;
    const began = Date.now();
    const script = `const s = require('net').connect(9, '${network.absent}'); s.on('error', () => {}); setTimeout(() => s.destroy(), 300)`;
    await promisify(execFile)('nsenter', [`--net=${left.path}`, '--', process.execPath, '-e', script]);
    const flow = await observed.until(
      'the attempt',
      (event) => event.kind === 'flow' && event.server.ip === network.absent,
    );
    assert.ok(flow.kind === 'flow');
    assert.equal(flow.verdict, 'unanswered');
    assert.ok(flow.at >= began - 1 && flow.at <= Date.now());
  });

  it('names both ends by the container whose cgroup holds the socket', async () => {
    await using network = await TestNetwork.create();
    const ids = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')] as const;
    const root = join(await unifiedHierarchy(), `sheerline-test-${randomBytes(4).toString('hex')}`);
    const outer = join(root, `libpod-${ids[0]}`);
    const cgroups = [join(outer, 'container'), join(root, `docker-${ids[1]}.scope`)] as const;
    for (const directory of cgroups) await mkdir(directory, { recursive: true });
    try {
      const [left, right] = network.ends;
      const [clientPlace, serverPlace] = [
        { networkNamespace: left.path, cgroup: cgroups[0] },
        { networkNamespace: right.path, cgroup: cgroups[1] },
      ];
      const server = await serveConnections({ address: right.ip, place: serverPlace });
      const own = await serveConnections({ address: '127.0.0.1', place: serverPlace });
      const rate = { perSecond: 200, count: 50, lifetimeMs: 5 };
      await openConnections({ address: right.ip, ports: server.ports, place: clientPlace, ...rate });
      await openConnections({ address: '127.0.0.1', ports: own.ports, place: serverPlace, ...rate });
      await server.end();
      await own.end();
      await observed.settled();
      assertContainers(flowsOf(server.ports), ids);
      const inside = flowsOf(own.ports);
      const scope = loopbackScope(containerInstanceId(ids[1]));
      for (const flow of [...inside.client, ...inside.server])
        assert.deepEqual([flow.client.scope, flow.server.scope], [scope, scope]);
    } finally {
      for (const directory of [cgroups[0], outer, cgroups[1], root]) await rmdir(directory);
    }
  });
});

function assertContainers(
  { client, server }: { readonly client: readonly Flow[]; readonly server: readonly Flow[] },
  [left, right]: readonly [string, string],
): void {
  assert.deepEqual([client.length, server.length], [50, 50]);
  for (const flow of client) assert.deepEqual(flow.client.holder, { kind: 'container', id: left });
  for (const flow of server) assert.deepEqual(flow.server.holder, { kind: 'container', id: right });
  for (const flow of client) assert.equal(flow.client.scope, null);
}

function portsOf(flow: Flow): string {
  return `${flow.client.port}>${flow.server.port}`;
}
