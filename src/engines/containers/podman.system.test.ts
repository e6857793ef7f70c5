import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { containerInstanceId } from '#model';
import { judgeStorm } from '../../../test/podman/observed-runs.ts';
import { observeWhile } from '../../../test/podman/observe-while.ts';
import { startPodman, type Podman, type PodmanNetwork } from '../../../test/podman/podman.ts';
import { SocketProxy } from '../../../test/podman/proxy.ts';
import { storm } from '../../../test/podman/storm.ts';
import { engineConformance, type EngineHarness } from '../engine.conformance.ts';
import { createContainersEngine } from './containers-engine.ts';

async function podmanHarness(): Promise<EngineHarness> {
  const podman = await startPodman();
  const image = await podman.buildImage();
  const network = await podman.createNetwork();
  const proxy = new SocketProxy(join(podman.directory, 'proxy.sock'), podman.socketPath);
  await proxy.listen();
  return {
    engine: createContainersEngine({
      id: 'podman',
      socketPath: proxy.socketPath,
      node: 'node-1',
      clock: () => Date.now(),
    }),
    stormSize: 40,
    start: async () =>
      containerInstanceId(
        await podman.command('run', '-d', '--network', network.name, image, 'sleep', '1000'),
      ),
    stop: async (instance) => {
      await podman.command('kill', instance.replace('container/', ''));
    },
    storm: async (count) => {
      const options = { image, network, count, concurrency: 4, lifeMsMax: 100 };
      return (await storm(podman, options)).map(({ id }) => containerInstanceId(id));
    },
    dropConnection: async () => proxy.dropConnections(),
    restartEngine: async () => {
      await podman.stopService();
      await podman.startService();
    },
    inventory: async () => {
      const format = '{{.ID}} {{.StartedAt}} {{.Pid}} {{.Names}}';
      const lines = (await podman.command('ps', '--no-trunc', '--format', format)).split('\n');
      return Object.fromEntries(lines.map((line) => [line.split(' ')[0], line]));
    },
    close: async () => {
      await proxy.close();
      await podman.stop();
    },
  };
}

engineConformance('containers, on podman', podmanHarness);

describe('podman: every container with its address', () => {
  let podman: Podman;
  let image: string;
  let network: PodmanNetwork;

  before(async () => {
    podman = await startPodman();
    image = await podman.buildImage('localhost/storm:1', { team: 'storm', secret: 'never-recorded' });
    network = await podman.createNetwork();
  });
  after(() => podman.stop());

  it('knows all of a hundred that live up to a second and share thirty addresses', async () => {
    const engine = createContainersEngine({
      id: 'podman',
      socketPath: podman.socketPath,
      node: 'node-1',
      clock: () => Date.now(),
    });
    const seen = await observeWhile(engine, async () => {
      const truth = await storm(podman, { image, network, count: 100, concurrency: 6, lifeMsMax: 1000 });
      return (observations) => judgeStorm(observations, truth);
    });
    assert.ok(!JSON.stringify(seen).includes('never-recorded'), 'a label that is not allowed was recorded');
  });
});
