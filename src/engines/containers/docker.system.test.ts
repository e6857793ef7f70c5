import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { containerInstanceId } from '#model';
import { startDocker, type Docker } from '../../../test/docker/docker.ts';
import { judgeStorm } from '../../../test/podman/observed-runs.ts';
import { observeWhile } from '../../../test/podman/observe-while.ts';
import { SocketProxy } from '../../../test/podman/proxy.ts';
import { storm } from '../../../test/podman/storm.ts';
import { engineConformance, type EngineHarness } from '../engine.conformance.ts';
import { createContainersEngine } from './containers-engine.ts';

async function dockerHarness(): Promise<EngineHarness> {
  const docker = await startDocker({ liveRestore: true });
  const image = await docker.importImage();
  const proxy = new SocketProxy(join(docker.directory, 'proxy.sock'), docker.socketPath);
  await proxy.listen();
  return {
    engine: createContainersEngine({
      id: 'docker',
      socketPath: proxy.socketPath,
      node: 'node-1',
      clock: () => Date.now(),
    }),
    stormSize: 40,
    start: async () => containerInstanceId(await docker.command('run', '-d', image, 'sleep', '1000')),
    stop: async (instance) => {
      await docker.command('kill', instance.replace('container/', ''));
    },
    storm: async (count) => {
      const options = { image, network: { name: 'bridge' }, count, concurrency: 4, lifeMsMax: 100 };
      return (await storm(docker, options)).map(({ id }) => containerInstanceId(id));
    },
    dropConnection: async () => proxy.dropConnections(),
    restartEngine: () => docker.restart(),
    inventory: async () => {
      const ids = (await docker.command('ps', '--no-trunc', '--quiet')).split('\n');
      const format = '{{.Id}} {{.State.StartedAt}} {{.State.Pid}} {{.Name}}';
      const lines = (await docker.command('inspect', '--format', format, ...ids)).split('\n');
      return Object.fromEntries(lines.map((line) => [line.split(' ')[0], line]));
    },
    close: async () => {
      await proxy.close();
      await docker.stop();
    },
  };
}

engineConformance('containers, on docker', dockerHarness);

describe('docker: every container, and no address that is wrong', () => {
  let docker: Docker;
  let image: string;

  before(async () => {
    docker = await startDocker();
    image = await docker.importImage('storm:1', { team: 'storm', secret: 'never-recorded' });
    // Thirty addresses, so that each is used again and again.
    await docker.command('network', 'create', '--subnet', '10.77.0.0/27', 'small');
  });
  after(() => docker?.stop());

  it('knows all of forty that live up to a third of a second', async (test) => {
    const engine = createContainersEngine({
      id: 'docker',
      socketPath: docker.socketPath,
      node: 'node-1',
      clock: () => Date.now(),
    });
    const options = { image, network: { name: 'small' }, count: 40, concurrency: 6, lifeMsMax: 300 };
    const seen = await observeWhile(engine, async () => {
      const truth = await storm(docker, options);
      return (observations) => judgeStorm(observations, truth, 'best-effort');
    });
    assert.ok(!JSON.stringify(seen).includes('never-recorded'), 'a label that is not allowed was recorded');
    const missing = seen.filter(
      (each) => each.kind === 'assert' && 'addressMissing' in each.data && each.data.addressMissing !== null,
    );
    test.diagnostic(`${missing.length} of ${options.count} had gone before their address could be read`);
  });
});
