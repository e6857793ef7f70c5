import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startPodman, type Podman } from '../../../test/podman/podman.ts';
import { createContainersEngine } from './containers-engine.ts';

describe('podman sends an image from its store', () => {
  let podman: Podman;
  before(async () => {
    podman = await startPodman();
  });
  after(() => podman.stop());

  const engine = (socketPath: string): ReturnType<typeof createContainersEngine> =>
    createContainersEngine({ id: 'podman', socketPath, node: 'node-1', clock: Date.now });
  const signal = new AbortController().signal;

  it('as an archive with its list and its config', async () => {
    const name = await podman.buildImage();
    const id = `sha256:${await podman.command('image', 'inspect', '--format', '{{.Id}}', name)}`;
    const archive = await engine(podman.socketPath).exportImage?.(id, signal);
    const bytes = Buffer.concat((await archive?.toArray()) ?? []);
    assert.equal(bytes.toString('latin1', 257, 262), 'ustar');
    assert.ok(bytes.includes('manifest.json'));
    assert.ok(bytes.includes(`${id.slice('sha256:'.length)}.json`));
  });

  it('unless it has none, or the id is no id', async () => {
    for (const id of [`sha256:${'0'.repeat(64)}`, '../containers/json?', 'sha256:x']) {
      assert.equal(await engine(podman.socketPath).exportImage?.(id, signal), null, id);
    }
  });

  it('unless the engine is away', async () => {
    const away = engine(`${podman.socketPath}.gone`).exportImage?.(`sha256:${'0'.repeat(64)}`, signal);
    await assert.rejects(async () => away, { code: 'engine-unreachable', remedy: 'retry' });
  });
});
