import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startPodman } from '../../test/podman/podman.ts';
import { startShop } from './shop.ts';

describe('the example shop, in containers', () => {
  it('makes the same calls as its processes do, and leaves nothing behind', async (t) => {
    const podman = await startPodman();
    t.after(() => podman.stop());
    const shop = await startShop({
      engine: 'containers',
      containerEnvironment: podman.environment,
      stores: ['redis'],
      keepAlive: false,
      requests: 20,
      requestsPerSecond: 50,
    });
    try {
      await shop.trafficDone();
      const calls = await shop.truth();
      assert.deepEqual(
        calls.map(({ from, to, connections, failed }) => `${from} → ${to} ${connections} ${failed}`),
        [
          'cart → catalog 5 0',
          'cart → redis 5 0',
          'checkout → payments 5 0',
          'checkout → redis 5 0',
          'web → catalog 10 0',
          'web → cart 5 0',
          'web → checkout 5 0',
          'traffic → web 20 0',
        ],
      );
    } finally {
      await shop.stop();
    }
    assert.equal(await podman.command('ps', '--all', '--quiet'), '');
    assert.equal(await podman.command('images', '--all', '--quiet'), '');
    assert.doesNotMatch(await podman.command('network', 'ls', '--format', '{{.Name}}'), /^shop-/m);
  });
});
