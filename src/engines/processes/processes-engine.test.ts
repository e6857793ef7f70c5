import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { BOOT_ID, FakeProcDirectory, HOST_NAMESPACE, socketRow } from '../../../test/fakes/proc-directory.ts';
import { until } from '../../../test/fakes/until.ts';
import { CONTROL_PLANE_PID, Watched } from './watched.fixture.ts';

const ANY = '00000000:0000';
const listening = (port: string, inode: number): string => socketRow(`00000000:${port}`, ANY, 10, inode);
/** From port 40000 of loopback to port 8080. */
const outgoing = (inode: number): string => socketRow('0100007F:9C40', '0100007F:1F90', 1, inode);
const idOf = (pid: number, startTicks: number): string =>
  `process/${BOOT_ID.slice(0, 8)}/${pid}/${startTicks}`;

describe('the engine for processes, on a made /proc', () => {
  let proc: FakeProcDirectory;
  let watched: Watched;
  let owned: Set<string>;
  beforeEach(() => {
    proc = new FakeProcDirectory();
    owned = new Set();
  });
  afterEach(async () => {
    await watched.stop();
    proc.remove();
  });

  const watch = async (ownsContainer?: (id: string) => boolean | null, reported: readonly string[] = []) => {
    watched = new Watched(proc.directory, ownsContainer, reported);
    await watched.looks.more(1);
  };

  it('reports a listener with its address, and nobody who does neither', async () => {
    proc.start({ pid: 10, startTicks: 100, command: 'nginx', sockets: { 6: 500 }, workingDirectory: '/srv' });
    proc.start({ pid: 11, startTicks: 110, command: 'idle' });
    proc.table('tcp', [listening('0050', 500)]);
    await watch();
    assert.deepEqual([...watched.instances.keys()], [idOf(10, 100)]);
    const nginx = watched.instances.get(idOf(10, 100));
    assert.equal(nginx?.name, 'nginx');
    assert.equal(nginx?.executable, '/usr/bin/nginx');
    assert.equal(nginx?.workingDirectory, '/srv');
    assert.deepEqual(nginx?.networks, ['host']);
    assert.deepEqual(watched.listening(), [`host/box 0.0.0.0 tcp/80 ${idOf(10, 100)}`]);
  });

  it('knows its own control plane, and nothing of who started it or where', async () => {
    const pid = CONTROL_PLANE_PID;
    proc.start({ pid, startTicks: 100, command: 'node', sockets: { 6: 500 }, workingDirectory: '/srv/shop' });
    proc.start({ pid: 11, startTicks: 110, command: 'node', sockets: { 6: 501 } });
    proc.table('tcp', [listening('0050', 500), listening('0051', 501)]);
    await watch();
    const own = watched.instances.get(idOf(pid, 100));
    assert.deepEqual(
      [own?.name, own?.isControlPlane, own?.executable, own?.workingDirectory],
      ['sheerline', true, '/usr/bin/node', null],
    );
    assert.equal(watched.instances.get(idOf(11, 110))?.isControlPlane, undefined);
  });

  it('begins with its state and a snapshot between its marks, the node in it', async () => {
    await watch();
    const kinds = watched.all.slice(0, 3).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['state', 'snapshot-begin', 'assert']);
    assert.ok(watched.all.some((each) => each.kind === 'assert' && each.subject.kind === 'node'));
    assert.ok(watched.all.some(({ kind }) => kind === 'snapshot-end'));
  });

  it('never records an argument or an environment', async () => {
    proc.start({ pid: 10, startTicks: 100, sockets: { 6: 500 } });
    proc.write('10/cmdline', 'server\0--password=hunter2\0');
    proc.write('10/environ', 'TOKEN=hunter2\0');
    proc.table('tcp', [listening('0050', 500)]);
    await watch();
    assert.equal(watched.instances.size, 1);
    assert.ok(!JSON.stringify(watched.all).includes('hunter2'));
  });

  it('reports who has an open connection, and not who only accepted one', async () => {
    proc.start({ pid: 10, startTicks: 100, command: 'curl', sockets: { 3: 600 } });
    proc.start({ pid: 11, startTicks: 110, command: 'worker', sockets: { 3: 601 } });
    const accepted = socketRow('0100007F:1F90', '0100007F:9C40', 1, 601);
    proc.table('tcp', [listening('1F90', 999), outgoing(600), accepted]);
    await watch();
    assert.deepEqual(
      [...watched.instances.values()].map(({ name }) => name),
      ['curl'],
    );
  });

  it('takes the topmost holder of a socket for the server, and answers for its workers with it', async () => {
    const sockets = { 6: 500 };
    proc.start({ pid: 12, startTicks: 120, command: 'nginx', parentPid: 10, forkedOnly: true, sockets });
    proc.start({ pid: 11, startTicks: 110, command: 'nginx', parentPid: 10, forkedOnly: true, sockets });
    proc.start({ pid: 10, startTicks: 100, command: 'nginx', sockets });
    proc.table('tcp', [listening('0050', 500)]);
    await watch();
    assert.deepEqual([...watched.instances.keys()], [idOf(10, 100)]);
    assert.equal(watched.engine.instanceOfProcess?.(12, 120, Date.now()), idOf(10, 100));
    watched.engine.witness?.({ pid: 11, startTicks: 110, command: 'nginx', at: Date.now() });
    await watched.looks.more(1);
    assert.deepEqual([...watched.instances.keys()], [idOf(10, 100)]);
  });

  it('does not take a socket away from a service because systemd holds it too', async () => {
    const sockets = { 6: 500 };
    proc.start({
      pid: 1,
      startTicks: 1,
      command: 'systemd',
      parentPid: 0,
      sockets,
      cgroup: '0::/init.scope\n',
    });
    const cgroup = '0::/system.slice/ssh.service\n';
    proc.start({ pid: 10, startTicks: 100, command: 'sshd', sockets, cgroup });
    proc.table('tcp', [listening('0016', 500)]);
    await watch();
    assert.deepEqual(
      [...watched.instances.values()].map(({ name, unit }) => [name, unit]),
      [['sshd', 'ssh.service']],
    );
  });

  it('gives a child that runs another program its own name', async () => {
    proc.start({ pid: 10, startTicks: 100, command: 'node', sockets: { 6: 500 } });
    proc.start({ pid: 11, startTicks: 110, command: 'curl', parentPid: 10, sockets: { 3: 600 } });
    proc.table('tcp', [listening('1F91', 500), outgoing(600)]);
    await watch();
    assert.deepEqual([...watched.instances.values()].map(({ name }) => name).toSorted(), ['curl', 'node']);
  });

  it('ends what is gone with its slack, and tells a pid that was taken over', async () => {
    proc.start({ pid: 10, startTicks: 100, sockets: { 6: 500 } });
    proc.table('tcp', [listening('0050', 500)]);
    await watch();
    proc.end(10);
    proc.start({ pid: 10, startTicks: 900, sockets: { 6: 501 } });
    proc.table('tcp', [listening('0050', 501)]);
    await until(() => watched.instances.has(idOf(10, 900)) && !watched.instances.has(idOf(10, 100)));
    await until(() => watched.listening().length === 1);
    assert.deepEqual(watched.listening(), [`host/box 0.0.0.0 tcp/80 ${idOf(10, 900)}`]);
    const ends = watched.all.filter((each) => each.kind === 'end');
    assert.equal(ends.length, 2);
    for (const end of ends)
      assert.ok(end.slack !== undefined && end.slack.lastSeen <= end.slack.firstMissing);
  });

  it('ends a zombie, although its parent has not asked for it yet', async () => {
    proc.start({ pid: 10, startTicks: 100, sockets: { 6: 500 } });
    proc.table('tcp', [listening('0050', 500)]);
    await watch();
    proc.end(10);
    proc.start({ pid: 10, startTicks: 100, state: 'Z' });
    proc.table('tcp', []);
    await until(() => watched.instances.size === 0 && watched.listening().length === 0);
  });

  it('ends an address whose row stays away, although its file is open, and not the process', async () => {
    proc.start({ pid: 10, startTicks: 100, sockets: { 6: 500 } });
    proc.table('tcp', [listening('0050', 500)]);
    await watch();
    proc.table('tcp', []);
    await until(() => watched.listening().length === 0);
    assert.equal(watched.instances.size, 1, 'it has closed its socket and lives on');
  });

  it('hands the address to the worker that is left when the server has died', async () => {
    const sockets = { 6: 500 };
    proc.start({ pid: 10, startTicks: 100, command: 'nginx', sockets });
    proc.start({ pid: 11, startTicks: 110, command: 'nginx', parentPid: 10, forkedOnly: true, sockets });
    proc.table('tcp', [listening('0050', 500)]);
    await watch();
    proc.end(10);
    await until(() => watched.listening().join() === `host/box 0.0.0.0 tcp/80 ${idOf(11, 110)}`);
    assert.deepEqual([...watched.instances.keys()], [idOf(11, 110)]);
  });

  it('knows a witnessed process that is gone, and forgets nothing of it for a minute', async () => {
    await watch();
    const at = Date.now();
    const startTicks = 99_990;
    watched.engine.witness?.({ pid: 77, startTicks, command: 'curl', at });
    watched.engine.witness?.({ pid: 77, startTicks, command: 'curl', at });
    await until(() => watched.known.has(idOf(77, startTicks)));
    const data = watched.known.get(idOf(77, startTicks));
    assert.equal(data?.name, 'curl');
    assert.equal(data?.executable, null);
    assert.equal(watched.asserted(idOf(77, startTicks)), 1);
    assert.ok(!watched.instances.has(idOf(77, startTicks)), 'it has ended');
    assert.equal(watched.engine.instanceOfProcess?.(77, startTicks, at), idOf(77, startTicks));
    assert.equal(watched.engine.instanceOfProcess?.(78, 1, at), null);
  });

  it('takes up what an earlier watch reported, where it lives still', async () => {
    proc.start({ pid: 10, startTicks: 100, command: 'idle' });
    proc.start({ pid: 11, startTicks: 900, command: 'another' });
    watched = new Watched(proc.directory, undefined, [
      idOf(10, 100),
      idOf(11, 110),
      idOf(12, 120),
      'nonsense',
    ]);
    await watched.looks.more(1);
    assert.deepEqual([...watched.instances.keys()], [idOf(10, 100)]);
  });

  it('ends a witnessed process that came and went between two looks', async () => {
    await watch();
    proc.start({ pid: 77, startTicks: 99_990, command: 'curl' });
    watched.engine.witness?.({ pid: 77, startTicks: 99_990, command: 'curl', at: Date.now() });
    proc.end(77);
    await until(() => watched.known.has(idOf(77, 99_990)));
    await until(() => !watched.instances.has(idOf(77, 99_990)));
    const end = watched.all.find((each) => each.kind === 'end' && each.subject.id === idOf(77, 99_990));
    assert.ok(end?.kind === 'end' && end.slack !== undefined && end.slack.lastSeen <= end.slack.firstMissing);
  });

  it('does not take a living process for an earlier one that had its pid', async () => {
    proc.start({ pid: 77, startTicks: 500_000, command: 'nginx' });
    await watch();
    watched.engine.witness?.({ pid: 77, startTicks: 4_000, command: 'curl', at: Date.now() - 900_000 });
    await until(() => watched.known.has(idOf(77, 4_000)));
    assert.equal(watched.known.get(idOf(77, 4_000))?.name, 'curl');
    assert.ok(!watched.known.has(idOf(77, 500_000)));
  });

  it('takes the start of a thread for its process', async () => {
    proc.start({ pid: 77, startTicks: 100, command: 'java' });
    await watch();
    watched.engine.witness?.({ pid: 77, startTicks: 50_000, command: 'pool-1-thread-7', at: Date.now() });
    await until(() => watched.instances.has(idOf(77, 100)));
    assert.equal(watched.instances.get(idOf(77, 100))?.name, 'java');
  });

  describe('with containers', () => {
    const containerId = 'c3'.repeat(32);
    const inContainer = { cgroup: `0::/libpod_parent/libpod-${containerId}\n`, sockets: { 6: 500 } };

    it('leaves processes of a known container to its engine, and holds its address for it', async () => {
      owned.add(containerId);
      proc.start({ pid: 10, startTicks: 100, ...inContainer });
      proc.table('tcp', [listening('0050', 500)]);
      await watch((id) => owned.has(id));
      assert.equal(watched.instances.size, 0);
      assert.deepEqual(watched.listening(), [`host/box 0.0.0.0 tcp/80 container/${containerId}`]);
      assert.equal(watched.engine.instanceOfProcess?.(10, 100, Date.now()), `container/${containerId}`);
    });

    it('waits while it can not be told whose a container is, but keeps what was reported before', async () => {
      proc.start({ pid: 10, startTicks: 100, ...inContainer });
      proc.start({ pid: 11, startTicks: 100, ...inContainer });
      proc.table('tcp', [listening('0050', 500)]);
      await watch(() => null, [idOf(11, 100)]);
      await watched.looks.more(20);
      assert.deepEqual([...watched.instances.keys()], [idOf(11, 100)]);
      assert.equal(watched.asserted(idOf(11, 100)), 1);
    });

    it('reports them when no container engine is attached, in their own network', async () => {
      proc.start({ pid: 10, startTicks: 100, ...inContainer, namespace: HOST_NAMESPACE + 7 });
      proc.table('tcp', [listening('0050', 500)], 10);
      await watch();
      assert.deepEqual(watched.listening(), [
        `network/box/netns-${HOST_NAMESPACE + 7} 0.0.0.0 tcp/80 ${idOf(10, 100)}`,
      ]);
    });

    it('waits for a young container, and reports it when nobody else does', async () => {
      // Started 1,000 s after boot, when the engine attaches: in this instant.
      proc.start({ pid: 10, startTicks: 100_000, ...inContainer });
      proc.start({ pid: 11, startTicks: 100, command: 'old', sockets: { 6: 501 } });
      proc.table('tcp', [listening('0050', 500), listening('0051', 501)]);
      await watch((id) => owned.has(id));
      await watched.looks.more(2);
      assert.deepEqual(
        [...watched.instances.values()].map(({ name }) => name),
        ['old'],
      );
      watched.advance(6_000);
      await until(() => watched.instances.size === 2);
    });
  });

  describe('on bad days', () => {
    it('says that /proc is not there, and begins when it is', async () => {
      proc.remove();
      watched = new Watched(proc.directory);
      await until(() => watched.all.some(({ kind }) => kind === 'state'));
      const state = watched.all.find((each) => each.kind === 'state');
      assert.equal(state?.data.state, 'inactive');
      assert.match(state?.data.reason ?? '', /can't be listed|has no boot id/);
      proc.table('tcp', []);
      proc.write('sys/kernel/random/boot_id', BOOT_ID);
      proc.write('uptime', '1000.00 1');
      await until(() => watched.state()?.state === 'live');
    });

    it('reports a gap and a new snapshot after an interruption', async () => {
      proc.start({ pid: 10, startTicks: 100, sockets: { 6: 500 } });
      const row = listening('0050', 500);
      proc.table('tcp', [row]);
      await watch();
      proc.delete('net');
      await until(() => watched.all.some(({ kind }) => kind === 'gap'));
      proc.table('tcp', [row]);
      const snapshots = (): number => watched.all.filter(({ kind }) => kind === 'snapshot-end').length;
      await until(() => snapshots() === 2);
      assert.equal(watched.asserted(idOf(10, 100)), 2);
    });

    it('says how many sockets have no owner that can be seen', async () => {
      proc.table('tcp', [listening('0050', 500)]);
      await watch();
      assert.match(watched.state()?.reason ?? '', /^1 listening socket belongs to no process/);
    });

    it('survives hostile names and broken files', async () => {
      const command = ') Z 1 (\u001b[31m"';
      proc.start({
        pid: 10,
        startTicks: 100,
        command,
        executable: '/tmp/a b (deleted)',
        sockets: { 6: 500 },
      });
      proc.write('11/stat', 'nonsense');
      proc.write('12/fd', 'a file, not a directory');
      proc.table('tcp', ['nonsense', listening('0050', 500), '   9: 0100']);
      await watch();
      assert.equal(watched.instances.get(idOf(10, 100))?.executable, '/tmp/a b');
    });
  });
});
