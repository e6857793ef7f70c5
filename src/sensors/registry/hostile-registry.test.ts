import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { OCI_INDEX, OCI_MANIFEST } from '../../../test/registry/fake-registry.ts';
import {
  LAYER,
  NEVER,
  registry,
  image,
  source,
  wanted,
  readAll,
  failing,
  blobPath,
  cutAfter,
} from './hostile-registry.fixture.ts';

describe('a registry that behaves', () => {
  it('gives the layers and the config', async () => {
    assert.deepEqual(await readAll(), LAYER);
  });

  it('is not asked for layers that were read before', async () => {
    const content = await source().open(wanted(), NEVER);
    for await (const { name } of content?.layers(() => true) ?? []) assert.fail(name);
    assert.equal(registry.requests.length, 1, 'the manifest alone');
  });

  it('is not asked for what an engine built itself', async () => {
    assert.equal(await source().open(wanted('localhost/shop/web:1'), NEVER), null);
  });

  it('has no such tag: null, not a failure', async () => {
    assert.equal(await source().open(wanted(`${registry.host}/shop/web:2`), NEVER), null);
  });

  it('gives another image under the tag by now: null', async () => {
    const moved = { ...wanted(), id: `sha256:${'0'.repeat(64)}` };
    assert.equal(await source().open(moved, NEVER), null);
  });

  it('is asked by digest where the tag has moved', async () => {
    const old = registry.image('shop/moved', '1', { layers: [Buffer.from('old')] });
    registry.image('shop/moved', '1', { layers: [Buffer.from('new')] });
    const what = { id: old.id, names: [`${registry.host}/shop/moved:1`], digests: [old.digest] };
    assert.equal((await readAll(source(), what)).toString(), 'old');
  });
});

describe('an index', () => {
  it('gives the image of the wanted platform; by id that of any', async () => {
    const ours = registry.image('shop/many', 'amd', { layers: [Buffer.from('ours')] });
    const other = registry.image('shop/many', 'arm', { layers: [Buffer.from('arm')], architecture: 'arm64' });
    const entry = (digest: string, architecture: string): Readonly<Record<string, unknown>> => ({
      mediaType: OCI_MANIFEST,
      digest,
      size: 1,
      platform: { os: 'linux', architecture },
    });
    const index = registry.manifest('shop/many', '1', {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [entry(other.digest, 'arm64'), entry(ours.digest, 'amd64')],
    });
    const what = wanted(`${registry.host}/shop/many:1`);
    assert.equal((await readAll(source(), what)).toString(), 'ours');
    assert.equal((await readAll(source(), { ...what, id: other.id })).toString(), 'arm');
    // As docker calls an image in its newer store.
    assert.equal((await readAll(source(), { ...what, id: other.digest })).toString(), 'arm');
    assert.equal((await readAll(source(), { ...what, id: index.digest })).toString(), 'ours');
  });
});

describe('a connection that drops', () => {
  it('is taken up where it ended', async () => {
    registry.behave = ({ url, headers }, response) => {
      if (url !== blobPath()) return false;
      const from = Number(/\d+/.exec(headers.range ?? '0')?.[0]);
      if (from >= 200_000) return false;
      cutAfter(response, from, 100_000);
      return true;
    };
    assert.deepEqual(await readAll(), LAYER);
    assert.ok(registry.requests.filter((request) => request.includes(blobPath())).length >= 3);
  });

  it('is begun anew by a registry without ranges, which changes nothing', async () => {
    let cuts = 0;
    registry.behave = ({ url, headers }, response) => {
      delete headers.range;
      if (url !== blobPath() || ++cuts > 2) return false;
      cutAfter(response, 0, 120_000);
      return true;
    };
    assert.deepEqual(await readAll(), LAYER);
  });

  it('without a byte in between fails after some attempts, and may be tried later', async () => {
    registry.behave = ({ url }, response) => {
      if (url !== blobPath()) return false;
      response.writeHead(200, { 'content-length': LAYER.length }).flushHeaders();
      response.destroy();
      return true;
    };
    await assert.rejects(
      readAll(),
      failing('sensor-failed', 'retry', /closed the connection too early|can't be reached/),
    );
  });
});

describe('a registry that lies', () => {
  const rows: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['other bytes of the same length', randomBytes(LAYER.length), /sent sha256:[0-9a-f]{64} for sha256:/],
    ['more bytes than it names', Buffer.concat([LAYER, LAYER]), /sends more than the 300000 bytes/],
  ];
  for (const [title, bytes, message] of rows) {
    it(`about a blob, with ${title}: its end never arrives`, async () => {
      registry.behave = ({ url }, response) => {
        if (url !== blobPath()) return false;
        response.end(bytes);
        return true;
      };
      await assert.rejects(readAll(), failing('sensor-failed', 'stalled', message));
    });
  }

  const manifests: readonly (readonly [string, string, string, RegExp])[] = [
    ['a page', 'text/html', '<html>Sign in to the network</html>', /sent something else than a manifest/],
    ['both an index and an image', OCI_INDEX, '{"manifests":[],"layers":[]}', /neither clearly/],
    ['an index that is called an image', OCI_MANIFEST, '{"manifests":[]}', /is not the application/],
    ['the old schema', 'application/json', '{"schemaVersion":1}', /old schema 1/],
    ['no digest', OCI_MANIFEST, '{"config":{"digest":"../../etc","size":1},"layers":[]}', /no proper digest/],
    [
      'a size below nothing',
      OCI_MANIFEST,
      `{"config":{"digest":"sha256:${'a'.repeat(64)}","size":-1}}`,
      /no proper size/,
    ],
    ['nothing', OCI_MANIFEST, '', /something else/],
    ['a list', OCI_MANIFEST, '[]', /something else/],
  ];
  for (const [title, type, body, message] of manifests) {
    it(`with a manifest that is ${title}`, async () => {
      registry.behave = (_, response) => {
        response.setHeader('content-type', type);
        response.end(body);
        return true;
      };
      await assert.rejects(readAll(), failing('sensor-failed', 'stalled', message));
    });
  }

  it('with another manifest for a digest', async () => {
    registry.behave = (_, response) => {
      response.setHeader('content-type', OCI_MANIFEST);
      response.end(`{"config":{"digest":"${image.id}","size":1},"layers":[]}`);
      return true;
    };
    const what = { ...wanted(), digests: [image.digest] };
    await assert.rejects(
      readAll(source(), what),
      failing('sensor-failed', 'stalled', /sent sha256:.* for sha256:/),
    );
  });
});

describe('a registry without an end', () => {
  it('sends a manifest of 100 MB: refused by its length', async () => {
    registry.behave = (_, response) => {
      response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': 100 * 1024 * 1024 });
      response.flushHeaders();
      return true;
    };
    await assert.rejects(readAll(), failing('too-large', 'stalled', /larger than is allowed/));
  });

  it('sends one in chunks that never stop: cut off at the limit', async () => {
    registry.behave = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32))) continue;
      };
      response.on('drain', more);
      more();
      return true;
    };
    await assert.rejects(readAll(), failing('too-large', 'stalled', /larger than is allowed/));
  });

  it('has attached more documents than anybody would', async () => {
    const list = registry.blob('shop/web', Buffer.from('{}'), 'application/spdx+json');
    const config = registry.blob('shop/web', Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
    const layers = Array.from({ length: 300 }, () => list);
    const many = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers };
    const attached = registry.manifest('shop/web', null, many);
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [attached] };
    registry.manifest('shop/web', image.digest.replace(':', '-'), index);
    await assert.rejects(
      source().documents(wanted(), NEVER),
      failing('too-large', 'stalled', /what is attached to/),
    );
  });

  it('names what was deleted among what is attached', async () => {
    const attached = attach('{}', `sha256:${'0'.repeat(64)}`);
    registry.manifest('shop/web', image.digest.replace(':', '-'), attached);
    const documents = await source().documents(wanted(), NEVER);
    assert.deepEqual(
      documents.map(({ bytes }) => String(bytes)),
      ['{}'],
    );
  });

  it('gives what is attached in pages, and one that leads to itself', async () => {
    const pages = [attach('{"page":0}'), attach('{"page":1}')];
    registry.behave = ({ url = '' }, response) => {
      const [path, query = ''] = url.split('?');
      if (path !== `/v2/shop/web/referrers/${image.digest}`) return false;
      const next = `<http://elsewhere.test${path}?last=1>; rel="next"`;
      response.writeHead(200, { 'content-type': OCI_INDEX, link: next });
      response.end(JSON.stringify(pages[query === '' ? 0 : 1]));
      return true;
    };
    const documents = await source().documents(wanted(), NEVER);
    assert.deepEqual(
      documents.map(({ bytes }) => String(bytes)),
      ['{"page":0}', '{"page":1}'],
    );
    const asked = registry.requests.filter((request) => request.includes('/referrers/'));
    assert.equal(asked.length, 3, 'a page with nothing new is the last one');
  });

  it('hangs up in the middle of a manifest, and gives it when it is asked again', async () => {
    let hungUp = 0;
    registry.behave = ({ url }, response) => {
      if (url !== '/v2/shop/web/manifests/1' || hungUp === 1) return false;
      hungUp += 1;
      response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': 500 });
      response.write('{', () => response.destroy());
      return true;
    };
    assert.deepEqual(await readAll(), LAYER);
    assert.equal(hungUp, 1);
  });

  it('redirects in a circle', async () => {
    registry.behave = ({ url }, response) => {
      response.writeHead(307, { location: `${url}` }).end();
      return true;
    };
    await assert.rejects(readAll(), failing('sensor-failed', 'stalled', /without an end/));
    assert.equal(registry.requests.length, 6);
  });

  it('asks for a token again and again', async () => {
    registry.behave = ({ url }, response) => {
      if (url?.startsWith('/token') === true) response.end('{"token":"abc"}');
      else {
        const realm = `http://${registry.host}/token`;
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
      }
      return true;
    };
    await assert.rejects(readAll(), failing('sensor-failed', 'stalled', /does not let us read shop\/web/));
    assert.equal(registry.requests.length, 3, 'asked, token, asked');
  });

  it('says nothing', async () => {
    registry.behave = () => true;
    await assert.rejects(
      readAll(source({ answerMs: 50 })),
      failing('sensor-failed', 'retry', /has not answered/),
    );
    assert.equal(registry.requests.length, 3, 'tried again');
  });

  it('stops in the middle of a blob', async () => {
    registry.behave = ({ url }, response) => {
      if (url !== blobPath()) return false;
      response.writeHead(200, { 'content-length': LAYER.length }).flushHeaders();
      return true;
    };
    await assert.rejects(readAll(source({ idleMs: 50 })), failing('sensor-failed', 'retry', /too slow/));
  });

  it('drips', async () => {
    registry.behave = ({ url }, response) => {
      if (url !== blobPath()) return false;
      response.writeHead(200, { 'content-length': LAYER.length });
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
      return true;
    };
    const slow = source({ bodyMs: 100, leastBytesPerSecond: 1e9 });
    await assert.rejects(readAll(slow), failing('sensor-failed', 'retry', /too slow/));
  });
});

describe('a registry that is busy', () => {
  it('is asked again after the time that it names', async () => {
    let refused = 0;
    registry.behave = (_, response) => {
      if (refused++ > 0) return false;
      response.writeHead(429, { 'retry-after': '0' }).end();
      return true;
    };
    assert.deepEqual(await readAll(), LAYER);
  });

  it('is left alone where it asks for more patience than there is', async () => {
    registry.behave = (_, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };
    await assert.rejects(readAll(), failing('sensor-failed', 'wait', /answered 429 and asks for 3600 s/));
    assert.equal(registry.requests.length, 1);
  });

  it('fails and fails', async () => {
    registry.behave = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    await assert.rejects(readAll(), failing('sensor-failed', 'retry', /answered 503/));
    assert.equal(registry.requests.length, 3);
  });

  it('is left at once when nobody waits any more', async () => {
    registry.behave = () => true;
    const stop = new AbortController();
    const opened = source().open(wanted(), stop.signal);
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await assert.rejects(opened, /enough/);
  });
});

/** An index of a list with this text, and of what else is named. */
function attach(text: string, ...further: readonly string[]): Readonly<Record<string, unknown>> {
  const list = registry.blob('shop/web', Buffer.from(text), 'application/spdx+json');
  const config = registry.blob('shop/web', Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
  const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [list] };
  const attached = registry.manifest('shop/web', null, document);
  const manifests = [...further.map((digest) => ({ ...attached, digest })), attached];
  return { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
}
