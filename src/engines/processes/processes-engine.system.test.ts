import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';

import type { InstanceData } from '#model';

import { until } from '../../../test/fakes/until.ts';
import { NetworkNamespace } from '../../../test/processes/network-namespace.ts';
import { StartedProcesses } from '../../../test/processes/started-processes.ts';
import { TcpTargets } from '../../../test/processes/tcp-targets.ts';
import { Watched } from './watched.fixture.ts';

describe('the engine for processes, on this machine', () => {
  const started = new StartedProcesses();
  const targets = new TcpTargets();
  const namespace = new NetworkNamespace();
  let watched: Watched;
  const teardown = new AsyncDisposableStack();
  before(async () => {
    namespace.create();
    teardown.defer(() => namespace.delete());
    teardown.defer(() => targets.close());
    teardown.defer(() => started.end());
    watched = new Watched('/proc');
    teardown.defer(() => watched.stop());
    await watched.looks.more(1);
  });
  after(() => teardown.disposeAsync());

  const byPid = (pid: number): [string, InstanceData] | undefined =>
    [...watched.instances].find(([, data]) => data.pid === pid);
  const addressesOf = (pid: number): readonly string[] => {
    const id = byPid(pid)?.[0];
    const own = watched.listening().filter((address) => id !== undefined && address.endsWith(` ${id}`));
    return own.map((address) => address.slice(0, address.lastIndexOf(' ')));
  };

  it('finds a Node server with its addresses of both families, and sees it end', async () => {
    const server = started.nodeServer();
    const ports = [await server.line(), await server.line()].toSorted();
    await until(() => addressesOf(server.pid).length === 2);
    const expected = ports.map((line) => `host/box ${line.replace(' ', ' tcp/')}`);
    assert.deepEqual([...addressesOf(server.pid)].toSorted(), expected.toSorted());
    const [id, data] = byPid(server.pid) ?? assert.fail();
    assert.equal(data.executable, process.execPath);
    assert.equal(data.workingDirectory, process.cwd());
    assert.match(id, new RegExp(`^process/[0-9a-f]{8}/${server.pid}/\\d+$`));
    await server.end();
    await until(() => !watched.instances.has(id) && addressesOf(server.pid).length === 0);
  });

  it('takes a forking server for one instance, its workers’ connections included', async () => {
    const server = started.forkingServer();
    const [port, ...workers] = (await server.line()).split(' ').map(Number);
    const target = await targets.listen();
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`${target.port}\n`);
    const worker = Number(await firstLine(socket));
    assert.ok(workers.includes(worker), 'a worker has answered and has called out');
    await until(() => addressesOf(server.pid).length === 1);
    await watched.looks.more(2);
    const id = byPid(server.pid)?.[0];
    assert.equal(watched.engine.instanceOfProcess?.(worker, null, Date.now()), id);
    assert.equal(byPid(worker), undefined);
    socket.destroy();
  });

  it('finds what listens in another network namespace, in a scope of its own', async () => {
    const listener = started.start(
      'ip',
      'netns',
      'exec',
      namespace.name,
      'busybox',
      'nc',
      '-l',
      '-p',
      '8099',
    );
    await until(() => addressesOf(listener.pid).length === 1);
    assert.match(
      addressesOf(listener.pid)[0] ?? '',
      new RegExp(`^network/box/netns-${namespace.inode()} (::|0\\.0\\.0\\.0) tcp/8099$`),
    );
    const data = byPid(listener.pid)?.[1];
    assert.deepEqual(data?.networks, [`netns-${namespace.inode()}`]);
    assert.equal(data?.name, 'busybox', 'the program that ip became, not ip');
  });

  it('finds who has had a connection open since before', async () => {
    const target = await targets.listen();
    const client = started.start('busybox', 'nc', '127.0.0.1', String(target.port));
    await target.connected;
    await until(() => byPid(client.pid) !== undefined);
    assert.deepEqual(addressesOf(client.pid), []);
  });

  it('knows a process that was gone before it could be looked at', async () => {
    const gone = started.start('sh', '-c', 'exec cat /proc/self/stat');
    const stat = await gone.line();
    await gone.end();
    const startTicks = Number(stat.split(' ')[21]);
    watched.engine.witness?.({ pid: gone.pid, startTicks, command: 'cat', at: Date.now() });
    const id = (): string | undefined =>
      [...watched.known.keys()].find((key) => key.endsWith(`/${gone.pid}/${startTicks}`));
    await until(() => id() !== undefined);
    assert.equal(watched.known.get(id() ?? '')?.name, 'cat');
    assert.equal(watched.engine.instanceOfProcess?.(gone.pid, startTicks, Date.now()), id());
  });

  it('works without root for what may be read, and says what is missing', async () => {
    const server = started.nodeServer();
    await server.line();
    // The effective user decides what may be read; what is open already stays open.
    process.seteuid?.('nobody');
    const unprivileged = new Watched('/proc');
    try {
      await until(() => (unprivileged.state()?.reason ?? '').includes('start Sheerline as root'));
      assert.equal(unprivileged.state()?.state, 'live');
    } finally {
      await unprivileged.stop();
      process.seteuid?.(0);
    }
  });
});

async function firstLine(socket: Socket): Promise<string> {
  for await (const data of socket.iterator({ destroyOnReturn: false })) return String(data);
  throw new Error('the connection was closed');
}
