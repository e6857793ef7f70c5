import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseEngines, type EngineChoice } from './engines.ts';

const choice: Omit<EngineChoice, 'ids'> = {
  node: 'n',
  clock: () => 0,
  environment: {},
  ownsContainer: () => false,
  labels: () => new Set(),
  reported: () => [],
};

const choose = async (...ids: readonly string[]): Promise<readonly string[]> => {
  const engines = await chooseEngines({ ...choice, ids });
  return engines.map(({ id }) => id);
};

describe('the engines that are chosen', () => {
  it('are all that are here, or those that are named', async () => {
    const all = await choose();
    assert.equal(all.at(-1), 'processes');
    assert.deepEqual(await choose('processes'), ['processes']);
    // Where none is here, the usual one is waited for.
    const containers = await choose('containers');
    assert.ok(containers.length > 0);
    assert.deepEqual(containers, all.slice(0, -1));
    assert.deepEqual(await choose('containers', 'processes'), all);
  });

  it('are refused where one that was named is not here', async () => {
    const only = { id: 'podman', path: '/run/podman/podman.sock' } as const;
    const among = (ids: readonly string[]) =>
      chooseEngines({ ...choice, ids, findSockets: () => Promise.resolve([only]) });
    assert.deepEqual(
      (await among(['podman', 'processes'])).map(({ id }) => id),
      ['podman', 'processes'],
    );
    await assert.rejects(among(['docker', 'processes']), {
      code: 'invalid-input',
      message: 'no docker answers on this machine',
      detail: ['podman is looked for at /run/podman/podman.sock'],
    });
  });

  it('are known by name', async () => {
    await assert.rejects(choose('kubernetes'), {
      code: 'invalid-input',
      next: 'one of containers, podman, docker, processes',
    });
  });
});
