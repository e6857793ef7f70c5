import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ImageContent } from '../../image-content.ts';
import { SensorError } from '../../sensor-error.ts';
import { tarEntry, TAR_END, writeTar, type TarFile } from '../tar-writer.ts';
import { digestOf } from './stored-images.ts';
import { createArchiveSource, createLayoutSource, type StoredImageSource } from './stored-source.ts';

const signal = new AbortController().signal;
const nothing = { id: null, names: [], digests: [] };

/** Files of a layout, by name; blobs by their digests. */
class Layout {
  readonly files = new Map<string, Buffer>();

  blob(content: unknown): { readonly digest: string; readonly size: number } {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    this.files.set(`blobs/sha256/${digest.slice(7)}`, bytes);
    return { digest, size: bytes.length };
  }
}

const layer = writeTar([{ name: 'a', content: Buffer.from('a') }]);

/** An index of an index, as BuildKit writes it: an image, and an attestation beside it. */
function layout(): {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly id: string;
  readonly index: string;
  readonly manifest: string;
} {
  const made = new Layout();
  const tar = 'application/vnd.oci.image.layer.v1.tar';
  const layers = [layer, gzipSync(layer)].map((bytes) => ({ mediaType: tar, ...made.blob(bytes) }));
  const config = made.blob({ rootfs: { diff_ids: [digestOf(layer)] } });
  const manifest = made.blob({ config, layers });
  const statement = { mediaType: 'application/vnd.in-toto+json', ...made.blob({ predicate: 1 }) };
  const attestation = made.blob({ config: made.blob({ attestation: 1 }), layers: [statement] });
  const absent = { digest: `sha256:${'0'.repeat(64)}` };
  const index = made.blob({ manifests: [manifest, attestation, absent] });
  const annotations = {
    'io.containerd.image.name': 'docker.io/library/app:1',
    'org.opencontainers.image.ref.name': '1',
  };
  made.files.set('index.json', Buffer.from(JSON.stringify({ manifests: [{ ...index, annotations }] })));
  return { files: made.files, id: config.digest, index: index.digest, manifest: manifest.digest };
}

function dockerArchive(): readonly TarFile[] {
  const config = Buffer.from('{"rootfs":{}}');
  const list = [{ Config: 'config.json', RepoTags: ['app:1'], Layers: ['x/layer.tar', 'y/layer.tar'] }];
  return [
    { name: 'x/layer.tar', content: layer },
    { name: 'y/layer.tar', type: '2', linkName: '../x/layer.tar' },
    { name: 'config.json', content: config },
    { name: 'manifest.json', content: Buffer.from(JSON.stringify(list)) },
  ];
}

/** An entry whose header says something else than the writer would. */
function withHeader(
  [header = Buffer.alloc(512), ...content]: readonly Buffer[],
  { type, size }: { readonly type?: string; readonly size?: number },
): readonly Buffer[] {
  if (type !== undefined) header.write(type, 156);
  if (size !== undefined) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, ...content];
}

async function layersOf(content: ImageContent, skipped = ''): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, bytes } of content.layers((one) => one === skipped)) {
    const parts: Buffer[] = [];
    for await (const part of bytes) parts.push(part as Buffer);
    found.push(`${name} ${digestOf(Buffer.concat(parts))}`);
  }
  return found;
}

describe('images that lie in files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-stored-'));
  after(() => rmSync(directory, { recursive: true }));
  let made = 0;

  function asDirectory(files: ReadonlyMap<string, Buffer>): string {
    const path = join(directory, `layout-${(made += 1)}`);
    for (const [name, content] of files) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    return path;
  }

  function asArchive(bytes: Uint8Array): string {
    const path = join(directory, `archive-${(made += 1)}.tar`);
    writeFileSync(path, bytes);
    return path;
  }

  const kinds: readonly (readonly [
    kind: string,
    make: (files: ReadonlyMap<string, Buffer>) => StoredImageSource,
  ])[] = [
    ['a layout', (files) => createLayoutSource(asDirectory(files))],
    [
      'an archive',
      (files) =>
        createArchiveSource(asArchive(writeTar([...files].map(([name, content]) => ({ name, content }))))),
    ],
  ];
  for (const [kind, make] of kinds) {
    it(`${kind} is opened by config, digest or name`, async () => {
      const { files, id, index, manifest } = layout();
      const source = make(files);
      const wanted = [
        { ...nothing, id },
        { ...nothing, digests: [index] },
        { ...nothing, digests: [manifest] },
        { ...nothing, names: ['app:1'] },
      ];
      for (const one of wanted) {
        const content = await source.open(one, signal);
        assert.ok(content !== null);
        const first = `blobs/sha256/${digestOf(layer).slice(7)}`;
        const second = digestOf(gzipSync(layer));
        assert.deepEqual(await layersOf(content), [
          `${first} ${digestOf(layer)}`,
          `blobs/sha256/${second.slice(7)} ${second}`,
        ]);
        assert.equal((await layersOf(content, first)).length, 1);
        assert.equal(digestOf(await content.config()), id);
        assert.equal(content.manifestDigest(), manifest);
        await content.close();
      }
      assert.equal(await source.open({ ...nothing, names: ['app:2'] }, signal), null);
      assert.equal(await source.open({ ...nothing, id: index }, signal), null);
      assert.deepEqual(
        (await source.images()).map((image) => image.id),
        [id],
      );
    });

    it(`${kind} that lies about a digest is refused`, async () => {
      const { files, manifest, id } = layout();
      const lying = new Map(files).set(`blobs/sha256/${manifest.slice(7)}`, Buffer.from('{}'));
      const isLie = (error: unknown) =>
        error instanceof SensorError && /is not what its digest says/.test(error.message);
      await assert.rejects(make(lying).open({ ...nothing, id }, signal), isLie);
    });

    it(`${kind} that is none is refused`, async () => {
      const isNone = (error: unknown) =>
        error instanceof SensorError && /neither an OCI layout/.test(error.message);
      await assert.rejects(make(new Map([['a', Buffer.from('')]])).images(), isNone);
    });
  }

  it('a layout gives nothing that lies outside of it', async () => {
    writeFileSync(join(directory, 'outside.json'), '{}');
    const list = (config: string) =>
      new Map([['manifest.json', Buffer.from(JSON.stringify([{ Config: config }]))]]);
    assert.deepEqual(
      await createLayoutSource(asDirectory(list('../outside.json')))
        .images()
        .catch(String),
      'SensorError: this is neither an OCI layout nor an archive of docker: it has no index.json and no manifest.json',
    );
    const linked = asDirectory(list('config.json'));
    symlinkSync('../outside.json', join(linked, 'config.json'));
    await assert.rejects(createLayoutSource(linked).images(), /config.json is a link out of/);
  });

  it('an archive of docker is read, with its links', async () => {
    const source = createArchiveSource(asArchive(writeTar(dockerArchive())));
    const content = await source.open({ ...nothing, names: ['docker.io/library/app:1'] }, signal);
    assert.ok(content !== null);
    assert.deepEqual(await layersOf(content), [
      `x/layer.tar ${digestOf(layer)}`,
      `y/layer.tar ${digestOf(layer)}`,
    ]);
    assert.equal(content.manifestDigest(), null);
    await content.close();
  });

  it('an archive is read as its extended headers say', async () => {
    const target = `${'long/'.repeat(30)}layer.tar`;
    const config = Buffer.from('{"rootfs":{}}');
    const list = [{ Config: 'config.json', RepoTags: ['app:1'], Layers: ['big.tar', 'y/layer.tar'] }];
    const bytes = Buffer.concat([
      // Past 8 GB the size stands here alone: the header itself has no room for it.
      ...withHeader(tarEntry({ name: 'pax', content: Buffer.from('13 size=2048\n') }), { type: 'x' }),
      ...withHeader(tarEntry({ name: 'big.tar', content: layer }), { size: 0 }),
      ...tarEntry({ name: target, content: layer }),
      ...tarEntry({ name: 'y/layer.tar', type: '2', linkName: `../${target}` }),
      ...tarEntry({ name: 'config.json', content: config }),
      ...tarEntry({ name: 'manifest.json', content: Buffer.from(JSON.stringify(list)) }),
      TAR_END,
    ]);
    assert.equal(layer.length, 2048);
    const content = await createArchiveSource(asArchive(bytes)).open(
      { ...nothing, names: ['app:1'] },
      signal,
    );
    assert.ok(content !== null);
    assert.deepEqual(await layersOf(content), [
      `big.tar ${digestOf(layer)}`,
      `y/layer.tar ${digestOf(layer)}`,
    ]);
    await content.close();
  });

  it('an archive that can not be opened is not one that is not there', async () => {
    const loop = join(directory, 'loop.tar');
    symlinkSync('loop.tar', loop);
    await assert.rejects(createArchiveSource(loop).images(), { code: 'sensor-failed' });
    const none = createArchiveSource(join(directory, 'none.tar')).images();
    await assert.rejects(none, { code: 'not-found' });
  });

  const refused: readonly (readonly [what: string, bytes: Buffer, message: RegExp])[] = [
    ['compressed as a whole', gzipSync(writeTar(dockerArchive())), /compressed as a whole/],
    ['cut off', writeTar(dockerArchive()).subarray(0, 700), /neither an OCI layout|cut off/],
    ['no archive', Buffer.alloc(2048, 'x'), /wrong sum/],
  ];
  for (const [what, bytes, message] of refused) {
    it(`an archive that is ${what} is refused`, async () => {
      const images = createArchiveSource(asArchive(bytes)).images();
      await assert.rejects(images, (error) => error instanceof SensorError && message.test(error.message));
    });
  }
});
