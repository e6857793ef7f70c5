import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { composeScans } from '../compose-scans.ts';
import { scanConfined } from '../helper/scan-confined.ts';
import type { LayerScan } from '../layer-scan.ts';
import { writeTar } from '../tar-writer.ts';
import { digestOf } from './stored-images.ts';
import { createArchiveSource, createLayoutSource, type StoredImageSource } from './stored-source.ts';

const status = (version: string) =>
  Buffer.from(`Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`);
const layers = [
  writeTar([
    { name: 'etc/os-release', content: Buffer.from('ID=debian\nVERSION_ID="12"\n') },
    { name: 'var/lib/dpkg/status', content: status('1') },
  ]),
  writeTar([
    { name: 'var/lib/dpkg/status', content: status('2') },
    { name: 'srv/node_modules/a/package.json', content: Buffer.from('{"name":"a","version":"1"}') },
  ]),
];
const diffIds = layers.map(digestOf);

describe('images that skopeo wrote', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-skopeo-'));
  const first = join(directory, 'first.tar');
  after(() => rmSync(directory, { recursive: true }));

  before(() => {
    const config = {
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: diffIds },
    };
    const names = ['0.tar', '1.tar'];
    const manifest = [{ Config: 'config.json', RepoTags: ['docker.io/library/app:1'], Layers: names }];
    writeFileSync(
      first,
      writeTar([
        ...layers.map((content, index) => ({ name: names[index] ?? '', content })),
        { name: 'config.json', content: Buffer.from(JSON.stringify(config)) },
        { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
      ]),
    );
  });

  function copy(target: string, format: readonly string[] = []): void {
    const parameters = ['--insecure-policy', '--tmpdir', directory, 'copy', '--quiet', ...format];
    try {
      execFileSync('skopeo', [...parameters, `docker-archive:${first}`, target], { stdio: 'pipe' });
    } catch (cause) {
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      throw isMissing ? new Error('skopeo is missing: apt-get install skopeo', { cause }) : cause;
    }
  }

  const kinds: readonly (readonly [
    kind: string,
    format: readonly string[],
    open: (path: string) => StoredImageSource,
  ])[] = [
    ['oci', [], createLayoutSource],
    ['oci', ['--dest-compress-format', 'zstd'], createLayoutSource],
    ['oci-archive', [], createArchiveSource],
    ['docker-archive', [], createArchiveSource],
  ];
  for (const [index, [kind, format, open]] of kinds.entries()) {
    it(`${[kind, ...format].join(' ')}: layer by layer`, async () => {
      const path = join(directory, `copy-${index}`);
      copy(`${kind}:${path}:docker.io/library/app:1`, format);
      const source = open(path);
      const [image] = await source.images();
      assert.ok(image !== undefined);
      const content = await source.open(image, new AbortController().signal);
      assert.ok(content !== null);
      const scans = new Map<string, LayerScan>();
      for await (const { bytes } of content.layers(() => false)) {
        const scan = await scanConfined(bytes);
        scans.set(scan.diffId, scan);
      }
      const config = JSON.parse(Buffer.from(await content.config()).toString('utf8')) as {
        readonly rootfs: { readonly diff_ids: readonly string[] };
      };
      await content.close();
      assert.deepEqual(config.rootfs.diff_ids, diffIds);
      const { packages, unread } = composeScans(diffIds, scans, image.id);
      assert.deepEqual(unread, []);
      assert.deepEqual(
        packages.map(({ name, version, layer, ecosystem }) => [name, version, layer, ecosystem]),
        [
          ['libc6', '2', 1, 'Debian:12'],
          ['a', '1', 1, 'npm'],
        ],
      );
    });
  }
});
