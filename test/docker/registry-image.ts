import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { busyboxRootFileSystem } from '../podman/root-file-system.ts';

const execute = promisify(execFile);

/** An image as a registry holds it, and who it is. */
export interface RegistryImage {
  /** Holds the manifest and every blob, each in a file that is called by its digest. */
  readonly directory: string;
  /** What the manifest is known by: `sha256:…`. */
  readonly manifestDigest: string;
  /** What the image is known by once it is pulled: that of its configuration. */
  readonly configDigest: string;
  readonly diffId: string;
}

/** A busybox image of one layer, made by hand after the image manifest specification, version 2, schema 2. */
export async function registryImage(
  directory: string,
  labels: Readonly<Record<string, string>>,
): Promise<RegistryImage> {
  const images = join(directory, 'registry');
  await mkdir(images);
  const root = await busyboxRootFileSystem(directory);
  const archive = join(directory, 'layer.tar.gz');
  // Compressed as registries have it, so that a layer's digest and its diff id differ.
  await execute('tar', ['-C', root, '-czf', archive, '.']);
  const layer = await readFile(archive);
  const { stdout: content } = await execute('gzip', ['-dc', archive], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  });
  const diffId = digest(content);
  const configuration = json({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '2026-01-02T03:04:05Z',
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created: '2026-01-02T03:04:05Z' }],
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: describe('application/vnd.docker.container.image.v1+json', configuration),
    layers: [describe('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)],
  });
  for (const blob of [layer, configuration, manifest]) await writeFile(join(images, digest(blob)), blob);
  return {
    directory: images,
    manifestDigest: digest(manifest),
    configDigest: digest(configuration),
    diffId,
  };
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const digest = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

const describe = (mediaType: string, content: Buffer): unknown => ({
  mediaType,
  size: content.length,
  digest: digest(content),
});
