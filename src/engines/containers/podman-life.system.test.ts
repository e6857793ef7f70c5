import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { containerInstanceId } from '#model';
import { ObservedLives } from '../../../test/podman/observed-lives.ts';
import { judgeStorm } from '../../../test/podman/observed-runs.ts';
import { startPodman, type Podman, type PodmanNetwork } from '../../../test/podman/podman.ts';
import { storm } from '../../../test/podman/storm.ts';
import { createContainersEngine } from './containers-engine.ts';

const execute = promisify(execFile);

describe('podman: what happens in the life of a container', () => {
  let podman: Podman;
  let image: string;
  let network: PodmanNetwork;
  let second: PodmanNetwork;
  let earlier: string;
  let filesBefore: ReadonlyMap<string, string>;
  let lives: ObservedLives;

  const teardown = new AsyncDisposableStack();
  before(async () => {
    podman = await startPodman();
    teardown.defer(() => podman.stop());
    image = await podman.buildImage('localhost/life:1', { 'org.opencontainers.image.title': 'life' });
    network = await podman.createNetwork({ ipv6: true });
    second = await podman.createNetwork({ dns: false });
    earlier = await podman.command('run', '-d', '--network', network.name, image, 'sleep', '1000');
    filesBefore = await fileTimes(join(podman.directory, 'run', 'overlay-containers'));
    lives = new ObservedLives(
      createContainersEngine({
        id: 'podman',
        socketPath: podman.socketPath,
        node: 'node-1',
        clock: () => Date.now(),
      }),
    );
    teardown.defer(() => lives.stop());
  });
  after(() => teardown.disposeAsync());

  const inspectedAddress = (id: string, name: string, field = 'IPAddress'): Promise<string> =>
    podman.command('inspect', '--format', `{{(index .NetworkSettings.Networks "${name}").${field}}}`, id);

  it('was started before: its facts, since when it runs, and not a file’s time is changed', async () => {
    await lives.reported();
    const [run] = lives.runs(earlier);
    assert.ok(run);
    const startedAt = Date.parse(
      await podman.command(
        'inspect',
        '--format',
        '{{.State.StartedAt.Format "2006-01-02T15:04:05.000Z07:00"}}',
        earlier,
      ),
    );
    assert.ok(Math.abs(run.from - startedAt) < 1);
    assert.equal(
      String(run.data.pid),
      await podman.command('inspect', '--format', '{{.State.Pid}}', earlier),
    );
    assert.match(run.data.cgroup ?? '', new RegExp(`libpod-${earlier}$`));
    assert.deepEqual(run.data.networks, [network.name]);
    assert.deepEqual(run.data.labels, { 'org.opencontainers.image.title': 'life' });
    assert.deepEqual(lives.open(earlier), [
      `network/node-1/${network.name} ${await inspectedAddress(earlier, network.name)}`,
      `network/node-1/${network.name} ${await inspectedAddress(earlier, network.name, 'GlobalIPv6Address')}`,
    ]);
    const digest = await podman.command('image', 'inspect', '--format', '{{.Id}}', image);
    assert.deepEqual(run.data.images, [{ name: image, id: `sha256:${digest}` }]);
    assert.ok(lives.seen.some((each) => each.kind === 'assert' && each.subject.id === `sha256:${digest}`));
    assert.deepEqual(await fileTimes(join(podman.directory, 'run', 'overlay-containers')), filesBefore);
  });

  it('is restarted: a second run with the address that it has then', async () => {
    await podman.command('restart', '--time', '0', earlier);
    await lives.reported();
    assert.equal(lives.runs(earlier).length, 2);
    assert.ok((lives.runs(earlier)[0]?.until ?? 0) <= (lives.runs(earlier)[1]?.from ?? 0));
    assert.equal(
      lives.open(earlier)[0],
      `network/node-1/${network.name} ${await inspectedAddress(earlier, network.name)}`,
    );
  });

  it('gets a second network and loses the first', async () => {
    await podman.command('network', 'connect', second.name, earlier);
    await lives.reported();
    assert.equal(lives.open(earlier).length, 3);
    await podman.command('network', 'disconnect', network.name, earlier);
    await lives.reported();
    assert.deepEqual(lives.open(earlier), [
      `network/node-1/${second.name} ${await inspectedAddress(earlier, second.name)}`,
    ]);
    assert.deepEqual(lives.runs(earlier).at(-1)?.data.networks, [second.name]);
  });

  it('is paused, and goes on', async () => {
    await podman.command('pause', earlier);
    await lives.reported();
    assert.equal(lives.runs(earlier).at(-1)?.data.state, 'paused');
    await podman.command('unpause', earlier);
    await lives.reported();
    assert.equal(lives.runs(earlier).at(-1)?.data.state, 'running');
    assert.equal(lives.runs(earlier).length, 2);
  });

  it('publishes a port: what arrives there is handed on', async () => {
    const id = await podman.command(
      'run',
      '-d',
      '-p',
      '127.0.0.1::80',
      '--network',
      second.name,
      image,
      'sleep',
      '1000',
    );
    const [, port] = (await podman.command('port', id)).split('127.0.0.1:');
    await lives.reported();
    const published = lives.held(id).find(({ data }) => data.port !== null);
    assert.deepEqual(published?.data, {
      scope: 'host/node-1',
      ip: '127.0.0.1',
      port: Number(port),
      protocol: 'tcp',
      holder: { kind: 'instance', id: containerInstanceId(id) },
      forwardsTo: { ip: await inspectedAddress(id, second.name), port: 80 },
    });
  });

  it('shares the network of the node, of another container, or has none: and misses no address', async () => {
    for (const mode of ['host', 'none', `container:${earlier}`]) {
      const id = await podman.command('run', '-d', '--network', mode, image, 'sleep', '1000');
      await lives.reported();
      const [run] = lives.runs(id);
      assert.deepEqual(run?.data.networks, [mode]);
      assert.equal(run?.data.addressMissing, null);
      assert.deepEqual(lives.open(id), []);
    }
  });

  it('has no hosts file, and lives for a moment: the network’s name server knows it', async () => {
    const options = { image, network, count: 12, concurrency: 4, lifeMsMax: 100, parameters: ['--no-hosts'] };
    const truth = await storm(podman, options);
    await lives.reported();
    judgeStorm(lives.seen, truth);
  });

  it('lies about its address in its own hosts file: nobody believes it', async () => {
    const script = 'echo "10.99.99.99 $HOSTNAME liar" > /etc/hosts; sleep 1000';
    const id = await podman.command(
      'run',
      '-d',
      '--name',
      'liar',
      '--network',
      second.name,
      image,
      'sh',
      '-c',
      script,
    );
    await lives.reported();
    assert.deepEqual(lives.open(id), [
      `network/node-1/${second.name} ${await inspectedAddress(id, second.name)}`,
    ]);
  });

  it('may not be seen by this user: says so', async () => {
    const program = fileURLToPath(new URL('../../../test/podman/first-state.ts', import.meta.url));
    const { stdout } = await execute('setpriv', [
      ...['--reuid=65534', '--regid=65534', '--clear-groups'],
      ...[process.execPath, program, podman.socketPath],
    ]);
    const state = JSON.parse(stdout);
    assert.equal(state.state, 'inactive');
    assert.match(state.reason, /may not be opened by this user; run sheer as root/);
  });
});

/** Access, change and modification times of every file below a directory. */
async function fileTimes(directory: string): Promise<ReadonlyMap<string, string>> {
  const times = new Map<string, string>();
  for (const entry of await readdir(directory, { recursive: true })) {
    const { atimeNs, mtimeNs, ctimeNs, isDirectory } = await stat(join(directory, entry), {
      bigint: true,
    }).then((status) => ({ ...status, isDirectory: status.isDirectory() }));
    // Listing a directory is an access, and this function does it.
    times.set(entry, isDirectory ? `${mtimeNs} ${ctimeNs}` : `${atimeNs} ${mtimeNs} ${ctimeNs}`);
  }
  return times;
}
