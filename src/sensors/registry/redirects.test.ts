import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SheerError } from '#model';
import { FakeRegistry } from '../../../test/registry/fake-registry.ts';
import { LAYER, registry, readAll, failing, blobPath } from './hostile-registry.fixture.ts';

describe('where a registry sends to', () => {
  it('gets no proof of who we are when it is another', async () => {
    const store = await FakeRegistry.start();
    try {
      const seen: (string | undefined)[] = [];
      store.behave = ({ headers }, response) => {
        seen.push(headers.authorization);
        response.end(LAYER);
        return true;
      };
      registry.behave = ({ url, headers }, response) => {
        if (url?.startsWith('/token') === true) response.end('{"token":"abc"}');
        else if (headers.authorization !== 'Bearer abc') {
          const realm = `http://${registry.host}/token`;
          response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
        } else if (url === blobPath()) response.writeHead(307, { location: `http://${store.host}/x` }).end();
        else return false;
        return true;
      };
      assert.deepEqual(await readAll(), LAYER);
      assert.deepEqual(seen, [undefined]);
      assert.equal(
        registry.requests.filter((request) => request.includes('/token')).length,
        1,
        'the token is kept',
      );
    } finally {
      await store.stop();
    }
  });

  it('is not told who we are when it asks for it', async () => {
    const store = await FakeRegistry.start();
    try {
      store.behave = (_, response) => {
        const realm = `http://${store.host}/token`;
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
        return true;
      };
      registry.behave = ({ url }, response) => {
        if (url !== blobPath()) return false;
        response.writeHead(307, { location: `http://${store.host}/x` }).end();
        return true;
      };
      const refused = failing('sensor-failed', 'stalled', /does not let us read/);
      await assert.rejects(readAll(), (error) => {
        assert.match(String((error as SheerError).next), /sends there/, 'a login would change nothing');
        return refused(error);
      });
      assert.deepEqual(store.requests, ['GET /x']);
    } finally {
      await store.stop();
    }
  });

  const rows = [
    ['another protocol', 'file:///etc/passwd', /which is not followed/],
    ['a place without encryption', 'http://192.0.2.1/x', /without encryption/],
  ] as const;
  for (const [title, location, message] of rows) {
    it(`is not followed to ${title}`, async () => {
      registry.behave = (_, response) => {
        response.writeHead(302, { location }).end();
        return true;
      };
      await assert.rejects(readAll(), failing('sensor-failed', 'stalled', message));
    });
  }
});
