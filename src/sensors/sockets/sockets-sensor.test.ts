import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import type { Flow } from '#model';

import { FakeProcDirectory, socketRow } from '../../../test/fakes/proc-directory.ts';
import { until } from '../../../test/fakes/until.ts';
import { createSocketsSensor } from './sockets-sensor.ts';
import { WatchedFlows } from './watched-flows.fixture.ts';

const LISTENER = socketRow('0100007F:1F90', '00000000:0000', 10, 500);
const CLIENT = '0100007F:9C40';
const SERVER = '0100007F:1F90';

const CONTAINER = 'c3'.repeat(32);

describe('the sockets sensor, on a made /proc', () => {
  let proc: FakeProcDirectory;
  let watched: WatchedFlows;
  beforeEach(() => {
    proc = new FakeProcDirectory();
    proc.start({ pid: 10, startTicks: 100, command: 'server', sockets: { 3: 500, 4: 601 } });
    proc.start({ pid: 11, startTicks: 110, command: 'client', sockets: { 3: 600 } });
  });
  afterEach(async () => {
    await watched.stop();
    proc.remove();
  });

  const watch = async (): Promise<void> => {
    const options = { node: 'box', clock: Date.now, procDirectory: proc.directory, intervalMs: 20 };
    watched = new WatchedFlows(createSocketsSensor(options));
    await watched.looks.more(1);
  };
  const pidOf = (flow: Flow | undefined, end: 'client' | 'server'): number | string | null => {
    const holder = flow?.[end].holder ?? null;
    if (holder === null) return null;
    return holder.kind === 'process' ? holder.pid : holder.id;
  };

  it('sees a local connection from both sides, each with its process, once', async () => {
    proc.table('tcp', [LISTENER, socketRow(CLIENT, SERVER, 1, 600), socketRow(SERVER, CLIENT, 1, 601)]);
    await watch();
    await watched.looks.more(3);
    const [client, server] = [watched.seenFrom('client'), watched.seenFrom('server')];
    assert.equal(client.length, 1);
    assert.equal(server.length, 1);
    assert.equal(pidOf(client[0], 'client'), 11);
    assert.equal(pidOf(client[0], 'server'), null);
    assert.equal(pidOf(server[0], 'server'), 10);
    for (const flow of [client[0], server[0]]) {
      assert.deepEqual([flow?.client.port, flow?.server.port], [40_000, 8080]);
      assert.deepEqual([flow?.client.scope, flow?.server.scope], ['host/box', 'host/box']);
      assert.deepEqual([flow?.connections, flow?.bytes, flow?.verdict], [1, null, 'established']);
    }
  });

  it('counts a new connection with the same addresses, and not one that gets its inode late', async () => {
    const accepted = socketRow(SERVER, CLIENT, 1, 0);
    proc.table('tcp', [LISTENER, accepted]);
    await watch();
    proc.table('tcp', [LISTENER, socketRow(SERVER, CLIENT, 1, 601)]);
    await watched.looks.more(2);
    assert.equal(watched.flows.length, 1);
    proc.table('tcp', [LISTENER, socketRow(SERVER, CLIENT, 1, 777)]);
    await watched.looks.more(2);
    assert.equal(watched.flows.length, 2);
  });

  it('counts as lost what was already closed when it was first seen', async () => {
    const closedBefore = socketRow('0100007F:9C50', SERVER, 6, 0);
    proc.table('tcp', [LISTENER, closedBefore]);
    await watch();
    proc.table('tcp', [LISTENER, closedBefore, socketRow('0100007F:9C51', SERVER, 6, 0)]);
    await until(() => watched.lost === 1);
    await watched.looks.more(2);
    assert.equal(watched.lost, 1);
    assert.equal(watched.flows.length, 0);
  });

  it('does not count a connection as lost that it saw open', async () => {
    proc.table('tcp', [LISTENER, socketRow(CLIENT, SERVER, 1, 600)]);
    await watch();
    proc.table('tcp', [LISTENER, socketRow(CLIENT, SERVER, 6, 0)]);
    await watched.looks.more(2);
    assert.equal(watched.lost, 0);
    assert.equal(watched.flows.length, 1);
  });

  it('sees connected UDP sockets, and leaves those without a peer', async () => {
    const connected = socketRow('0100007F:9C40', '3500000A:0035', 1, 600);
    proc.table('udp', [connected, socketRow('00000000:9C41', '00000000:0000', 7, 601)]);
    await watch();
    assert.deepEqual(
      watched.flows.map(({ protocol, server }) => [protocol, server.ip, server.port]),
      [['udp', '10.0.0.53', 53]],
    );
  });

  it('reads IPv6, and IPv4 through a dual-stack socket', async () => {
    const mapped = '0000000000000000FFFF00000100007F';
    proc.table('tcp6', [
      socketRow(`${mapped}:1F90`, `${mapped}:9C40`, 1, 601),
      socketRow('00000000000000000000000000000000:1F90', '00000000000000000000000000000000:0000', 10, 500),
    ]);
    await watch();
    const [flow] = watched.flows;
    assert.deepEqual([flow?.seenFrom, flow?.server.ip, flow?.server.port], ['server', '127.0.0.1', 8080]);
  });

  it('names a container by its id, and its loopback by its own scope', async () => {
    const cgroup = `0::/docker/${CONTAINER}\n`;
    proc.start({ pid: 20, startTicks: 200, cgroup, namespace: 99, sockets: { 3: 700, 4: 701 } });
    const remote = '0200580A:0050';
    proc.table('tcp', [socketRow(CLIENT, SERVER, 1, 700), socketRow('0300580A:9C41', remote, 1, 701)], 20);
    await watch();
    assert.deepEqual(
      watched.flows.map((flow) => [flow.server.ip, flow.client.scope, pidOf(flow, 'client')]),
      [
        ['127.0.0.1', `loopback/container/${CONTAINER}`, CONTAINER],
        ['10.88.0.2', null, CONTAINER],
      ],
    );
  });

  it('says why it can’t work here', async () => {
    await watch();
    const sensor = createSocketsSensor({ node: 'box', clock: Date.now, procDirectory: '/nonexistent' });
    const probe = await sensor.probe();
    assert.equal(probe.usable, false);
    assert.match(probe.usable ? '' : probe.reason, /\/nonexistent\/net\/tcp can't be read/);
  });

  it('reports a gap and goes on', async () => {
    await watch();
    proc.delete('net');
    await until(() => watched.states.includes('gap'));
    proc.table('tcp', [LISTENER, socketRow(CLIENT, SERVER, 1, 600)]);
    await until(() => watched.flows.length === 1);
    assert.deepEqual(watched.states, ['live', 'gap', 'live']);
  });
});
