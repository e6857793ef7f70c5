import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { containerInstanceId, type ImageData, type Observation } from '#model';
import { startDocker, type Docker } from '../../../test/docker/docker.ts';
import { registryImage } from '../../../test/docker/registry-image.ts';
import { ObservedLives } from '../../../test/podman/observed-lives.ts';
import { createContainersEngine } from './containers-engine.ts';

const COMPOSE = {
  'com.docker.compose.project': 'shop',
  'com.docker.compose.service': 'web',
};

/** The first process of a container ignores SIGTERM, and Docker is patient. */
const ENDS_AT_ONCE = ['--stop-signal', 'KILL'];

describe('docker: what happens in the life of a container', () => {
  let docker: Docker;
  let image: string;
  let lives: ObservedLives;
  let earlier: string;
  let registry: ChildProcess | null = null;

  const teardown = new AsyncDisposableStack();
  before(async () => {
    docker = await startDocker();
    teardown.defer(() => docker.stop());
    teardown.defer(() => void registry?.kill());
    image = await docker.importImage('life:1', { 'org.opencontainers.image.title': 'life' });
    await docker.command('network', 'create', '--ipv6', '--subnet', 'fd00:77::/64', 'first');
    await docker.command('network', 'create', 'second');
    const labels = Object.entries(COMPOSE).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
    earlier = await run('--network', 'first', ...labels);
    lives = new ObservedLives(
      createContainersEngine({
        id: 'docker',
        socketPath: docker.socketPath,
        node: 'node-1',
        clock: () => Date.now(),
      }),
    );
    teardown.defer(() => lives.stop());
  });
  after(() => teardown.disposeAsync());

  const run = (...parameters: readonly string[]): Promise<string> =>
    docker.command('run', '-d', ...ENDS_AT_ONCE, ...parameters, image, 'sleep', '1000');
  const inspect = (id: string, format: string): Promise<string> =>
    docker.command('inspect', '--format', `{{${format}}}`, id);
  const inspectedAddress = (id: string, network: string, field = 'IPAddress'): Promise<string> =>
    inspect(id, `(index .NetworkSettings.Networks "${network}").${field}`);

  it('was started before: its facts, and since when it runs', async () => {
    await lives.reported();
    const [first] = lives.runs(earlier);
    assert.ok(first);
    assert.ok(Math.abs(first.from - Date.parse(await inspect(earlier, '.State.StartedAt'))) < 1);
    assert.equal(String(first.data.pid), await inspect(earlier, '.State.Pid'));
    assert.match(first.data.cgroup ?? '', new RegExp(`/${earlier}$`));
    assert.deepEqual(first.data.networks, ['first']);
    assert.deepEqual(first.data.labels, { ...COMPOSE, 'org.opencontainers.image.title': 'life' });
    assert.deepEqual(first.data.images, [{ name: image, id: await inspect(earlier, '.Image') }]);
    assert.deepEqual(lives.open(earlier), [
      `network/node-1/first ${await inspectedAddress(earlier, 'first')}`,
      `network/node-1/first ${await inspectedAddress(earlier, 'first', 'GlobalIPv6Address')}`,
    ]);
  });

  it('is restarted: a second run with the address that it has then', async () => {
    await docker.command('restart', '--time', '0', earlier);
    await lives.reported();
    const runs = lives.runs(earlier);
    assert.equal(runs.length, 2);
    assert.ok((runs[0]?.until ?? 0) <= (runs[1]?.from ?? 0));
    assert.equal(String(runs[1]?.data.pid), await inspect(earlier, '.State.Pid'));
    assert.equal(lives.open(earlier)[0], `network/node-1/first ${await inspectedAddress(earlier, 'first')}`);
  });

  it('gets a second network and loses the first', async () => {
    await docker.command('network', 'connect', 'second', earlier);
    await lives.reported();
    assert.equal(lives.open(earlier).length, 3);
    await docker.command('network', 'disconnect', 'first', earlier);
    await lives.reported();
    assert.deepEqual(lives.open(earlier), [
      `network/node-1/second ${await inspectedAddress(earlier, 'second')}`,
    ]);
    assert.deepEqual(lives.runs(earlier).at(-1)?.data.networks, ['second']);
  });

  it('is paused, goes on, and is called otherwise', async () => {
    await docker.command('pause', earlier);
    await lives.reported();
    assert.equal(lives.runs(earlier).at(-1)?.data.state, 'paused');
    await docker.command('unpause', earlier);
    await docker.command('rename', earlier, 'renamed');
    await lives.reported();
    assert.equal(lives.runs(earlier).at(-1)?.data.state, 'running');
    assert.equal(lives.runs(earlier).at(-1)?.data.name, 'renamed');
    assert.equal(lives.runs(earlier).length, 2);
  });

  it('publishes a port: what arrives there is handed on', async () => {
    const id = await run('-p', '127.0.0.1::80', '-p', '81', '--network', 'second');
    await lives.reported();
    const published = lives.held(id).filter(({ data }) => data.port !== null);
    const ip = await inspectedAddress(id, 'second');
    const expected = async (port: number, hostIp: string) => ({
      scope: 'host/node-1',
      ip: hostIp,
      port: Number(
        (await docker.command('port', id, `${port}/tcp`))
          .split('\n')
          .map((line) => line.split(':').at(-1))[0],
      ),
      protocol: 'tcp',
      holder: { kind: 'instance', id: containerInstanceId(id) },
      forwardsTo: { ip, port },
    });
    assert.deepEqual(
      published.map(({ data }) => data).toSorted((left, right) => left.ip.localeCompare(right.ip)),
      [await expected(81, '::'), await expected(81, '0.0.0.0'), await expected(80, '127.0.0.1')],
    );
  });

  it('shares the network of the node, of another container, or has none: and misses no address', async () => {
    for (const mode of ['host', 'none', `container:${earlier}`]) {
      const id = await run('--network', mode);
      await lives.reported();
      const [only] = lives.runs(id);
      assert.deepEqual(only?.data.networks, [mode]);
      assert.equal(only?.data.addressMissing, null);
      assert.deepEqual(lives.open(id), []);
    }
  });

  it('fails and is started again by the engine: every run is known', async () => {
    const id = await docker.command('run', '-d', '--restart', 'on-failure:3', image, 'false');
    await docker.command('wait', id);
    for (let runs = 0; runs < 4; runs = Number(await inspect(id, '.RestartCount')) + 1)
      await lives.reported();
    await docker.command('wait', id);
    await lives.reported();
    const runs = lives.runs(id);
    assert.equal(runs.length, 4);
    for (const [index, { until }] of runs.entries())
      assert.ok(until <= (runs[index + 1]?.from ?? Number.POSITIVE_INFINITY));
    assert.ok(runs.every(({ until }) => Number.isFinite(until)));
    assert.deepEqual(lives.open(id), []);
  });

  it('runs an image of a registry: which one is known by its digests', async () => {
    const made = await registryImage(docker.directory, { 'org.opencontainers.image.title': 'pulled' });
    const program = fileURLToPath(new URL('../../../test/docker/registry-entry.ts', import.meta.url));
    registry = docker.spawnInside(process.execPath, [program, made.directory, made.manifestDigest]);
    const port = await firstLine(registry);
    const name = `127.0.0.1:${port}/shop/web`;
    const id = await docker.command('run', '-d', ...ENDS_AT_ONCE, `${name}:1`, 'sleep', '1000');
    await lives.reported();
    assert.deepEqual(lives.runs(id)[0]?.data.images, [{ name: `${name}:1`, id: made.configDigest }]);
    assert.deepEqual(lives.runs(id)[0]?.data.labels, { 'org.opencontainers.image.title': 'pulled' });
    const { names, digests, diffIds, labels } = await imageOf(lives, made.configDigest);
    assert.deepEqual(
      { names, digests, diffIds, labels },
      {
        names: [`${name}:1`],
        digests: [`${name}@${made.manifestDigest}`],
        diffIds: [made.diffId],
        labels: { 'org.opencontainers.image.title': 'pulled' },
      },
    );
  });

  it('ends with the daemon, and some are started again by the next: each at its own time', async () => {
    const lasting = await run('--restart', 'always');
    const ending = await run();
    await lives.reported();
    await docker.restart();
    await lives.reported();
    const instant = async (id: string, field: string): Promise<number> =>
      Date.parse(await inspect(id, `.State.${field}`));
    const [ended] = lives.runs(ending);
    assert.ok(ended && Math.abs(ended.until - (await instant(ending, 'FinishedAt'))) < 1000);
    assert.deepEqual(lives.open(ending), []);
    const [first, again] = lives.runs(lasting);
    assert.ok(first && again && first.until <= again.from);
    assert.ok(Math.abs(again.from - (await instant(lasting, 'StartedAt'))) < 50);
    assert.deepEqual(lives.open(lasting), [
      `network/node-1/bridge ${await inspectedAddress(lasting, 'bridge')}`,
    ]);
  });
});

function firstLine(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    program.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim()));
    program.once('exit', () => reject(new Error('it ended before it said anything')));
  });
}

/** Images are looked at a second after they change. */
async function imageOf(lives: ObservedLives, id: string): Promise<ImageData> {
  const find = (each: Observation): boolean => each.kind === 'assert' && each.subject.id === id;
  for (let attempt = 0; attempt < 20 && !lives.seen.some(find); attempt++) await lives.reported();
  const found = lives.seen.findLast(find);
  assert.ok(found?.kind === 'assert' && 'diffIds' in found.data, `image ${id} is known`);
  return found.data;
}
