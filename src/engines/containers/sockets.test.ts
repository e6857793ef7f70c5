import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FakeEngine } from '../../../test/podman/fake-engine.ts';
import { findContainerSockets } from './sockets.ts';

describe('finding engines', () => {
  let directory: string;
  let fake: FakeEngine;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sheerline-sockets-'));
    await mkdir(join(directory, 'podman'));
    fake = new FakeEngine(join(directory, 'podman', 'podman.sock'));
  });
  afterEach(async () => {
    await fake.close();
    await rm(directory, { recursive: true });
  });

  const mine = async (environment: Readonly<Record<string, string>>): Promise<readonly unknown[]> =>
    (await findContainerSockets(environment)).filter(({ path }) => path.startsWith(directory));

  it('the user’s own, by what it says it is and not by its name', async () => {
    await fake.listen();
    assert.deepEqual(await mine({ XDG_RUNTIME_DIR: directory }), [{ id: 'docker', path: fake.socketPath }]);
  });

  it('DOCKER_HOST comes first, even when nothing is there yet', async () => {
    const path = join(directory, 'later.sock');
    assert.deepEqual(await mine({ DOCKER_HOST: `unix://${path}` }), [{ id: 'docker', path }]);
  });

  it('another machine’s is left out', async () => {
    assert.deepEqual(await mine({ DOCKER_HOST: 'tcp://10.0.0.1:2375' }), []);
  });

  it('two names of one socket are one engine', async () => {
    await fake.listen();
    const other = join(directory, 'docker.sock');
    await symlink(fake.socketPath, other);
    const found = await mine({ DOCKER_HOST: `unix://${other}`, XDG_RUNTIME_DIR: directory });
    assert.deepEqual(found, [{ id: 'docker', path: other }]);
  });

  it('one that hangs is there, by its name', async () => {
    fake.behaviour = 'hangs';
    await fake.listen();
    assert.deepEqual(await mine({ XDG_RUNTIME_DIR: directory }), [{ id: 'podman', path: fake.socketPath }]);
  });

  it('where there is none, the place where one would be', async () => {
    assert.ok((await findContainerSockets({})).length > 0);
  });
});
