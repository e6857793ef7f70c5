import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../../test/fakes/run-program.ts';
import { startServer } from '../../../test/fakes/server.ts';
import { status } from '../../../test/fakes/shop-answers.ts';

/** The highest that Linux gives: proc_sys_kernel(5), pid_max. */
const PID_MAX = 4_194_304;

describe('starting and stopping', () => {
  it('hands over how to start', async () => {
    const { started } = await run(['up', '--detach', '--port', '0', '--engine', 'podman', 'processes']);
    const plain = { detach: false, port: null, engines: [], imageStores: [], insecureRegistries: [] };
    assert.deepEqual(started, [{ ...plain, detach: true, port: 0, engines: ['podman', 'processes'] }]);
    const withStores = await run(['up', '--image-store', '/srv/layout', 'images.tar']);
    assert.deepEqual(withStores.started, [{ ...plain, imageStores: ['/srv/layout', resolve('images.tar')] }]);
    const insecureRegistries = ['registry.example', 'registry:5000', '10.0.0.1:80', '[fd00::1]:5000'];
    const withRegistries = await run(['up', '--insecure-registry', ...insecureRegistries]);
    assert.deepEqual(withRegistries.started, [{ ...plain, insecureRegistries }]);
    assert.deepEqual((await run(['up'])).started, [plain]);
    assert.deepEqual((await run(['demo', '--engine', 'containers', '--for', '30s'])).started, [
      { engine: 'containers', forMs: 30_000 },
    ]);
  });

  it('speaks plain HTTP with nothing that is no registry', async () => {
    for (const name of ['registry', 'http://registry.example', 'registry.example/shop', '*', 'a..b']) {
      const { exit, started } = await run(['up', '--insecure-registry', name]);
      assert.deepEqual([exit, started], [2, []], name);
    }
  });

  it('starts nothing elsewhere', async () => {
    assert.equal((await run(['up', '--server', 'http://127.0.0.1:1'])).exit, 2);
  });

  it('stops the control plane, and is done when it no longer answers', async () => {
    let stopped: Promise<void> | undefined;
    const server = await startServer({
      // Its process is not waited for: there is none of this number.
      questions: { status: () => ({ ...status, pid: PID_MAX + 1 }) },
      server: {
        shutdown() {
          stopped = server.server.close();
        },
      },
    });
    const line = ['--state', server.directory, 'down'];
    assert.deepEqual(await run(line), { exit: 0, out: 'stopped\n', error: '', started: [] });
    await stopped;
    const again = await run(line);
    assert.deepEqual([again.exit, again.out], [0, `nothing was running in ${server.directory}\n`]);
    await server.stop();
  });
});
