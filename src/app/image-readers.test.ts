import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FakeRegistry } from '../../test/registry/fake-registry.ts';
import { createImageReaders } from './image-readers.ts';

describe('where images are read from', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-stores-'));
  after(() => rmSync(directory, { recursive: true }));

  it('is also a layout, and an archive that is not there yet', async () => {
    const config = '{"rootfs":{"diff_ids":[]}}';
    const id = `sha256:${createHash('sha256').update(config).digest('hex')}`;
    mkdirSync(join(directory, 'layout'));
    writeFileSync(join(directory, 'layout', 'config.json'), config);
    writeFileSync(join(directory, 'layout', 'manifest.json'), '[{"Config":"config.json","Layers":[]}]');
    const stores = ['layout', 'later.tar'].map((name) => join(directory, name));
    const { places } = createImageReaders({ engines: [], imageStores: stores, clock: Date.now });
    assert.deepEqual(
      places.map(({ source, background }) => [source.id, background]),
      [
        ['layout', true],
        ['archive', true],
        ['registry', false],
      ],
    );
    const { signal } = new AbortController();
    const content = await places[0]?.source.open({ id, names: [], digests: [] }, signal);
    assert.equal(Buffer.from((await content?.config()) ?? []).toString(), config);
    await content?.close();
    const later = places[1]?.source.open({ id, names: [], digests: [] }, signal);
    await assert.rejects(async () => later, /there is no archive/);
  });

  it('is also a registry without encryption, if it was named', async () => {
    const registry = await FakeRegistry.start();
    try {
      const { id } = registry.image('shop/web', '1', { layers: [Buffer.from('layer')] });
      // It leads to this machine, and is none of loopback's names.
      const host = registry.host.replace('127.0.0.1', '0.0.0.0');
      const open = (insecureRegistries: readonly string[]) => {
        const { places } = createImageReaders({ engines: [], insecureRegistries, clock: Date.now });
        const { signal } = new AbortController();
        return places.at(-1)?.source.open({ id, names: [`${host}/shop/web:1`], digests: [] }, signal);
      };
      await assert.rejects(async () => open([]), /does not speak TLS/);
      const content = await open([host]);
      assert.ok(content);
      await content.close();
    } finally {
      await registry.stop();
    }
  });
});
