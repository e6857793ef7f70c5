import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { WantedImage } from '../../image-content.ts';
import { writeTar, type TarFile } from '../tar-writer.ts';
import { createExportedSource } from './exported-source.ts';

const NEVER = new AbortController().signal;
const digest = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const blob = (bytes: Buffer): TarFile => ({
  name: `blobs/sha256/${digest(bytes).slice('sha256:'.length)}`,
  content: bytes,
});

const LAYERS = [
  writeTar([{ name: 'etc/os-release', content: Buffer.from('ID=debian\n') }]),
  writeTar([{ name: 'data', content: randomBytes(300_000) }]),
  // Nothing but the end of an archive.
  Buffer.alloc(1024),
];
const CONFIG = json({ rootfs: { type: 'layers', diff_ids: LAYERS.map(digest) } });
const ID = digest(CONFIG);

function dockerArchive(): Buffer {
  const names = LAYERS.map((layer) => `${digest(layer).slice('sha256:'.length)}.tar`);
  const config = `${ID.slice('sha256:'.length)}.json`;
  return writeTar([
    ...LAYERS.map((content, index) => ({ name: names[index] ?? '', content })),
    { name: 'abc/layer.tar', type: '2', linkName: `../${names[0]}` },
    { name: 'abc/VERSION', content: Buffer.from('1.0') },
    { name: config, content: CONFIG },
    { name: 'manifest.json', content: json([{ Config: config, RepoTags: ['shop:1'], Layers: names }]) },
  ]);
}

function layoutArchive(): { readonly bytes: Buffer; readonly manifestDigest: string } {
  const layers = LAYERS.map((layer) => gzipSync(layer));
  const described = (bytes: Buffer, mediaType: string): object => ({
    mediaType,
    digest: digest(bytes),
    size: bytes.length,
  });
  const manifest = json({
    config: described(CONFIG, 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map((layer) => described(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')),
  });
  const index = { manifests: [described(manifest, 'application/vnd.oci.image.manifest.v1+json')] };
  const bytes = writeTar([
    { name: 'blobs/', type: '5' },
    ...[...layers, CONFIG, manifest].map(blob),
    { name: 'index.json', content: json(index) },
    { name: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
  ]);
  return { bytes, manifestDigest: digest(manifest) };
}

const wanted = (id: string | null): WantedImage => ({ id, names: [], digests: [] });

/** In pieces that end anywhere. */
function* piecesOf(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += 7001) yield bytes.subarray(at, at + 7001);
}

async function read(
  archive: Buffer,
  { id = ID, skip = () => false }: { readonly id?: string; readonly skip?: (name: string) => boolean } = {},
): Promise<{
  readonly layers: readonly Buffer[];
  readonly config: Uint8Array;
  readonly digest: string | null;
}> {
  const source = createExportedSource('podman', () => Promise.resolve(Readable.from(piecesOf(archive))));
  const content = await source.open(wanted(id), NEVER);
  assert.ok(content !== null);
  const layers: Buffer[] = [];
  try {
    for await (const { bytes } of content.layers(skip)) layers.push(Buffer.concat(await bytes.toArray()));
    return { layers, config: await content.config(), digest: content.manifestDigest() };
  } finally {
    await content.close();
  }
}

describe('an archive that an engine sends', () => {
  it("of docker's kind gives layers before anybody knows which they are", async () => {
    const { layers, config, digest: manifest } = await read(dockerArchive());
    assert.deepEqual(layers, LAYERS);
    assert.deepEqual([Buffer.from(config), manifest], [CONFIG, null]);
  });

  it('that is an OCI layout gives the manifest too', async () => {
    const { bytes, manifestDigest } = layoutArchive();
    const { layers, config, digest: manifest } = await read(bytes);
    assert.deepEqual(
      layers,
      LAYERS.map((layer) => gzipSync(layer)),
    );
    assert.deepEqual([Buffer.from(config), manifest], [CONFIG, manifestDigest]);
  });

  it('is known by the digest of its manifest, as docker with containerd calls it', async () => {
    const { bytes, manifestDigest } = layoutArchive();
    assert.deepEqual(Buffer.from((await read(bytes, { id: manifestDigest })).config), CONFIG);
  });

  it('passes over layers that were read before', async () => {
    const { layers } = await read(dockerArchive(), {
      skip: (name) => name.startsWith(digest(LAYERS[1] ?? Buffer.of()).slice(7)),
    });
    assert.deepEqual(layers, [LAYERS[0], LAYERS[2]]);
  });

  it('goes on behind a layer that nobody read to its end', async () => {
    const source = createExportedSource('podman', () =>
      Promise.resolve(Readable.from(piecesOf(dockerArchive()))),
    );
    const content = await source.open(wanted(ID), NEVER);
    let seen = 0;
    for await (const { bytes } of content?.layers(() => false) ?? []) {
      seen += 1;
      bytes.destroy();
    }
    assert.equal(seen, LAYERS.length);
    assert.deepEqual(Buffer.from((await content?.config()) ?? []), CONFIG);
  });
});

describe('an archive that can not be used', () => {
  const whole = dockerArchive();
  const rows: readonly (readonly [string, Buffer, string, string, RegExp])[] = [
    ['is cut off', whole.subarray(0, 200_000), ID, 'invalid-input', /cut off/],
    ['is of another image', whole, digest(Buffer.from('other')), 'invalid-input', /another image/],
    ['is empty', Buffer.alloc(0), ID, 'invalid-input', /neither an OCI layout/],
    ['is no archive', randomBytes(4096), ID, 'invalid-input', /./],
  ];
  for (const [title, archive, id, code, message] of rows) {
    it(title, async () => assert.rejects(read(archive, { id }), { code, message }));
  }

  it('breaks off with its connection: it may be tried again', async () => {
    const source = createExportedSource('podman', () =>
      Promise.resolve(
        Readable.from(
          (function* () {
            yield whole.subarray(0, 100_000);
            throw new Error('reset');
          })(),
        ),
      ),
    );
    const content = await source.open(wanted(ID), NEVER);
    await assert.rejects(
      async () => {
        for await (const { bytes } of content?.layers(() => false) ?? []) bytes.resume();
      },
      { code: 'sensor-failed', remedy: 'retry' },
    );
  });

  it('is not asked for without an id, and is not there for an unknown one', async () => {
    const source = createExportedSource('podman', () => Promise.resolve(null));
    assert.equal(await source.open(wanted(null), NEVER), null);
    assert.equal(await source.open(wanted(ID), NEVER), null);
  });
});
