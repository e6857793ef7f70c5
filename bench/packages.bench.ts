import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import type { Package } from '#model';
import { composeScans } from '../src/sensors/packages/compose-scans.ts';
import { scanConfined } from '../src/sensors/packages/helper/scan-confined.ts';
import type { LayerScan } from '../src/sensors/packages/layer-scan.ts';
import { createLayoutSource } from '../src/sensors/packages/sources/stored-source.ts';
import { writeTar } from '../src/sensors/packages/tar-writer.ts';
import type { BenchResult, Benchmark } from './benchmark.ts';

const IMAGE_BYTES = 200 * 2 ** 20;
const SMALL_LAYERS = 50;
const ROUNDS = 3;
const PIECE_BYTES = 256 * 1024;

/** How long the packages of an image take, from its layers to the list. */
export const benchmark: Benchmark = {
  name: 'packages',
  async run(): Promise<readonly BenchResult[]> {
    const directory = mkdtempSync(join(tmpdir(), 'sheerline-bench-packages-'));
    try {
      // First of all: no helper has been started, as in a control plane that has just begun.
      const small = await smallLayers(directory);
      return [await debianImage(directory), ...small];
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

async function debianImage(directory: string): Promise<BenchResult> {
  const image = makeLayout(directory, debianLayers());
  const packages =
    readFileSync('/var/lib/dpkg/status', 'utf8').match(/^Status: \S+ \S+ installed$/gm)?.length ?? 0;
  const read: number[] = [];
  const gunzip: number[] = [];
  // One after the other, so that what else the machine does meets both.
  for (let round = 0; round < ROUNDS; round += 1) {
    read.push(await secondsOf(() => readPackages(directory, image, { dpkg: packages })));
    gunzip.push(await secondsOf(() => gunzipLayers(directory, image)));
  }
  return {
    metric: 'packages of a Debian image read, by the confined helper',
    value: Math.min(...read),
    unit: 's',
    higherIsBetter: false,
    peer: 'its layers gunzipped twice, zlib',
    peerValue: 2 * Math.min(...gunzip),
    note: `${image.layers.length} layers, ${Math.round(image.bytes / 2 ** 20)} MB, ${Math.round(image.packedBytes / 2 ** 20)} MB packed, ${packages} packages; best of ${ROUNDS}`,
  };
}

async function smallLayers(directory: string): Promise<readonly BenchResult[]> {
  const layers = Array.from({ length: SMALL_LAYERS }, (_, index) => npmLayer(index));
  const one = makeLayout(directory, layers.slice(0, 1));
  const first = await secondsOf(() => readPackages(directory, one, { npm: 1 }));
  const all = makeLayout(directory, layers);
  const read: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    read.push(await secondsOf(() => readPackages(directory, all, { npm: SMALL_LAYERS })));
  }
  const shared = { unit: 'ms', higherIsBetter: false, note: 'a helper of its own for each layer' };
  return [
    { ...shared, metric: 'first image of one small layer', value: first * 1000 },
    {
      ...shared,
      metric: `image of ${SMALL_LAYERS} small layers, per layer`,
      value: (Math.min(...read) * 1000) / SMALL_LAYERS,
    },
  ];
}

interface Image {
  readonly config: string;
  /** Blob digests, and what they are unpacked. */
  readonly layers: readonly { readonly digest: string; readonly diffId: string }[];
  readonly bytes: number;
  readonly packedBytes: number;
}

/** @param expected how many packages by which reader; throws where there are others */
async function readPackages(
  directory: string,
  image: Image,
  expected: Readonly<Partial<Record<Package['readBy'], number>>>,
): Promise<void> {
  const content = await createLayoutSource(directory).open(
    { id: image.config, names: [], digests: [] },
    new AbortController().signal,
  );
  if (content === null) throw new Error('the image is not there');
  const scans = new Map<string, LayerScan>();
  for await (const { bytes } of content.layers(() => false)) {
    const scan = await scanConfined(bytes);
    scans.set(scan.diffId, scan);
  }
  await content.close();
  const { packages, unread } = composeScans(
    image.layers.map(({ diffId }) => diffId),
    scans,
    image.config,
  );
  for (const [reader, count] of Object.entries(expected)) {
    const found = packages.filter(({ readBy }) => readBy === reader).length;
    if (found !== count) {
      throw new Error(`${found} packages of ${count}: ${JSON.stringify(unread.slice(0, 5))}`);
    }
  }
}

async function gunzipLayers(directory: string, image: Image): Promise<void> {
  for (const { digest } of image.layers) {
    const packed = Readable.from(piecesOf(readFileSync(blobPath(directory, digest))), { objectMode: false });
    const unpacked = packed.pipe(createGunzip({ chunkSize: PIECE_BYTES }));
    for await (const piece of unpacked) void piece;
  }
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

async function secondsOf(act: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await act();
  return (performance.now() - started) / 1000;
}

/** Of this Debian's own files: the database and what tells the distribution, then programs, libraries and texts. */
function debianLayers(): readonly Buffer[] {
  const base = ['etc/os-release', 'usr/lib/os-release', 'var/lib/dpkg/status', 'var/lib/dpkg/info'];
  const files = someFiles(['usr/bin', 'usr/lib/x86_64-linux-gnu', 'usr/share/doc'], IMAGE_BYTES);
  return [tarOf(base), tarOf(files)];
}

function npmLayer(index: number): Buffer {
  const name = `package-${index}`;
  const content = Buffer.from(JSON.stringify({ name, version: '1.0.0' }));
  return writeTar([{ name: `app/node_modules/${name}/package.json`, content }]);
}

function makeLayout(directory: string, archives: readonly Buffer[]): Image {
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
  const layers = archives.map((archive) => {
    const packed = gzipSync(archive);
    return { digest: putBlob(directory, packed), diffId: digestOf(archive), size: packed.length };
  });
  const config = putBlob(
    directory,
    Buffer.from(JSON.stringify({ rootfs: { diff_ids: layers.map(({ diffId }) => diffId) } })),
  );
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  const manifest = {
    config: { digest: config },
    layers: layers.map(({ digest }) => ({ mediaType, digest })),
  };
  const digest = putBlob(directory, Buffer.from(JSON.stringify(manifest)));
  writeFileSync(join(directory, 'index.json'), JSON.stringify({ manifests: [{ digest }] }));
  return {
    config,
    layers,
    bytes: archives.reduce((sum, { length }) => sum + length, 0),
    packedBytes: layers.reduce((sum, { size }) => sum + size, 0),
  };
}

function someFiles(directories: readonly string[], bytesMax: number): readonly string[] {
  const share = bytesMax / directories.length;
  return directories.flatMap((directory) => {
    let left = share;
    // Node's own walk follows links, of which some lead in circles.
    return execFileSync('find', [join('/', directory), '-type', 'f'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
      .trim()
      .split('\n')
      .filter((path) => {
        const { size } = statSync(path);
        if (size > left) return false;
        left -= size;
        return true;
      })
      .map((path) => path.slice(1));
  });
}

function tarOf(paths: readonly string[]): Buffer {
  const list = paths.join('\n');
  return execFileSync('tar', ['-C', '/', '-cf', '-', '-T', '-'], { input: list, maxBuffer: 2 ** 30 });
}

function putBlob(directory: string, bytes: Uint8Array): string {
  const digest = digestOf(bytes);
  writeFileSync(blobPath(directory, digest), bytes);
  return digest;
}

function blobPath(directory: string, digest: string): string {
  return join(directory, 'blobs/sha256', digest.slice('sha256:'.length));
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
