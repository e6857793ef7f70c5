import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerInstanceId } from '#model';
import { FakeEngine } from '../../../test/podman/fake-engine.ts';
import { engineConformance, type EngineHarness } from '../engine.conformance.ts';
import { createContainersEngine } from './containers-engine.ts';

async function fakeHarness(): Promise<EngineHarness> {
  const directory = await mkdtemp(join(tmpdir(), 'sheerline-fake-engine-'));
  const fake = new FakeEngine(join(directory, 'docker.sock'));
  await fake.listen();
  return {
    engine: createContainersEngine({
      id: 'docker',
      socketPath: fake.socketPath,
      node: 'node-1',
      clock: () => Date.now(),
    }),
    stormSize: 200,
    start: async () => containerInstanceId(fake.start()),
    stop: async (instance) => fake.stop(instance.replace('container/', '')),
    storm: async (count) =>
      Array.from({ length: count }, () => containerInstanceId(fake.start({ gone: true }))),
    dropConnection: async () => fake.dropConnections(),
    restartEngine: async () => {
      await fake.close();
      await fake.listen();
    },
    inventory: async () => fake.inventory(),
    close: async () => {
      await fake.close();
      await rm(directory, { recursive: true });
    },
  };
}

engineConformance('containers, on a faithful fake of the Docker Engine API', fakeHarness);
