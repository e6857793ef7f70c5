import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { containerInstanceId, hostScope, networkScope, type InstanceAnswer, type StatusAnswer } from '#model';
import { EngineRequests } from '../podman/engine-requests.ts';
import { startPodman, type Podman } from '../podman/podman.ts';
import { descendantsOf, isRunning } from './processes-of.ts';
import { eventually, sheer } from './product.ts';
import { awaitAccess, fileTimes, type FileTimes } from './untouched/file-times.ts';
import { machineState, type MachineState } from './untouched/machine-state.ts';
import { RunningThings } from './untouched/running-things.ts';

/** Several of every period in which engines and sensors look. */
const ATTACHED_MS = 5000;

describe('attaching to what runs already', () => {
  let podman: Podman;
  let things: RunningThings;
  let state: string;

  const teardown = new AsyncDisposableStack();
  before(async () => {
    podman = await startPodman();
    teardown.defer(() => podman.stop());
    things = await RunningThings.start(podman);
    teardown.defer(() => things.end());
    state = await mkdtemp(join(tmpdir(), 'sheerline-state-'));
    teardown.defer(() => rm(state, { recursive: true, force: true }));
    teardown.defer(() => run('down'));
  });
  after(() => teardown.disposeAsync());

  /** The document that a command prints with `--json`. `Answer`: what the command promises. */
  async function run<Answer>(...line: readonly string[]): Promise<Answer> {
    const environment = { DOCKER_HOST: `unix://${podman.socketPath}` };
    const ran = await sheer([...line, '--json', '--state', state], environment);
    assert.equal(ran.exit, 0, `sheer ${line.join(' ')}: ${ran.error}${ran.out}`);
    return JSON.parse(ran.out) as Answer;
  }

  it('knows every container and changes nothing', async () => {
    const directories = [podman.directory, ...things.processes.map(({ directory }) => directory)];
    const earlier = await machineState(things);
    awaitAccess(directories);
    await askPodman(podman);
    const files = fileTimes(directories);

    const status = await run<StatusAnswer>('up', '--detach');
    await eventually('ten containers are known', async () => {
      const instances = await run<readonly InstanceAnswer[]>('instances');
      return instances.filter(({ kind }) => kind === 'container').length === 10 ? true : null;
    });
    for (const question of questionsAbout(things)) await run(...question);
    const helpers = descendantsOf(status.pid);
    await delay(ATTACHED_MS);
    assertKnown(await run<readonly InstanceAnswer[]>('instances'), earlier);
    await run('down');

    assertSameFiles(fileTimes(directories), files);
    assert.deepEqual(await machineState(things), earlier);
    assert.deepEqual(helpers.filter(isRunning), [], 'no helper is left');
  });

  function assertKnown(instances: readonly InstanceAnswer[], { containers }: MachineState): void {
    const known = instances.filter(({ kind }) => kind === 'container');
    const expected = things.containers.map(({ name, image, service, ip }) => {
      const { id = '', pid } = containers.find((container) => container.name === name) ?? {};
      const scope = networkScope(hostname(), things.network.name);
      return {
        id: containerInstanceId(id),
        name,
        pid,
        service,
        image,
        addresses: ip === null ? [] : [{ scope, ip, port: null }],
      };
    });
    assert.deepEqual(
      known
        .map(({ id, name, pid, service, images, addresses }) => ({
          id,
          name,
          pid,
          service,
          image: images[0]?.name,
          addresses,
        }))
        .toSorted(byName),
      expected.toSorted(byName),
    );
    for (const { pid, port } of things.processes) {
      const found = instances.find((instance) => instance.kind === 'process' && instance.pid === pid);
      const held = port === null ? undefined : [{ scope: hostScope(hostname()), ip: '127.0.0.1', port }];
      assert.deepEqual(found?.addresses, held, `the process ${pid}`);
    }
  }
});

/** Only those that differ, so that a difference is readable. */
function assertSameFiles(now: FileTimes, earlier: FileTimes): void {
  const all = [...new Set([...Object.keys(earlier), ...Object.keys(now)])];
  const changed = all.filter((path) => now[path] !== earlier[path]);
  assert.deepEqual(
    changed.map((path) => ({ path, now: now[path], earlier: earlier[path] })),
    [],
  );
}

/**
 * Podman reads its own files when anybody asks it something, which is not our access: with these
 * questions it has read them a moment ago, and `relatime` writes down no further access. Files that
 * only podman's containers use stay unread.
 */
async function askPodman(podman: Podman): Promise<void> {
  const engine = new EngineRequests(podman.socketPath);
  // What the engine says of each: at least its Id.
  const listed = (await engine.ask('GET', '/containers/json?all=true')) as readonly { readonly Id: string }[];
  for (const { Id: id } of listed) await engine.ask('GET', `/containers/${id}/json`);
  for (const path of ['/info', '/version', '/networks', '/images/json']) await engine.ask('GET', path);
  await podman.command('events', '--stream=false', '--since', '1h');
}

/** Everything that can be asked, once. */
function questionsAbout({ containers }: RunningThings): readonly (readonly string[])[] {
  const addresses = containers.flatMap(({ ip }) => ip ?? []);
  const lists = ['services', 'nodes', 'images', 'teams', 'externals', 'calls', 'flows'];
  return [
    ...[...lists, 'status', 'sources', 'lint', 'next', 'capabilities'].map((command) => [command]),
    ...addresses.map((address) => ['whois', address]),
    ['who', 'default/shop/web'],
    ['who', containers[0]?.image ?? ''],
    ['why', 'web', 'api'],
    ['history', 'shop-web-1'],
    ['audit', 'verify'],
    ['audit', 'head'],
  ];
}

const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
  left.name < right.name ? -1 : 1;
