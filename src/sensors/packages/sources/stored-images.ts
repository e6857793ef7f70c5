import { createHash } from 'node:crypto';
import { SensorError } from '../../sensor-error.ts';
import { isObject, list, objects, text, type JsonObject } from '../json-value.ts';
import type { BlobStore } from './blob-store.ts';

/** One image in a layout or archive: where its parts are. */
export interface StoredImage {
  /** Config digest. */
  readonly id: string;
  readonly names: readonly string[];
  /** Of its manifest, and of the indexes that hold it. */
  readonly digests: readonly string[];
  readonly manifestDigest: string | null;
  readonly config: string;
  readonly layers: readonly string[];
}

/** Manifests have some kilobytes; an index of every platform of an image some tens. */
export const DOCUMENT_BYTES_MAX = 8 * 1024 * 1024;
/** An index in an index is what BuildKit writes; nobody goes deeper. */
const INDEX_DEPTH_MAX = 4;
const MANIFESTS_MAX = 10_000;

const REFERENCE = 'org.opencontainers.image.ref.name';
const CONTAINERD_NAME = 'io.containerd.image.name';

/** All images in it, by the OCI layout's index and by docker's list. Throws a SensorError where it is none. */
export async function storedImages(store: BlobStore): Promise<readonly StoredImage[]> {
  const images = new Map<string, StoredImage>();
  const index = await document(store, 'index.json');
  if (index !== null) await addIndex({ store, images, seen: 0 }, index, { names: [], digests: [], depth: 0 });
  for (const image of await dockerImages(store)) {
    const known = images.get(image.id);
    const names = [...new Set([...(known?.names ?? []), ...image.names])];
    images.set(image.id, { ...(known ?? image), names });
  }
  if (index === null && images.size === 0) {
    throw new SensorError(
      'invalid-input',
      'this is neither an OCI layout nor an archive of docker: it has no index.json and no manifest.json',
    );
  }
  return [...images.values()];
}

function blobName(digest: string): string | null {
  const [, algorithm, hex] = /^(sha256|sha512):([0-9a-f]{64,128})$/.exec(digest) ?? [];
  return algorithm === undefined ? null : `blobs/${algorithm}/${hex}`;
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

interface Walk {
  readonly store: BlobStore;
  readonly images: Map<string, StoredImage>;
  seen: number;
}

interface Above {
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly depth: number;
}

async function addIndex(walk: Walk, index: JsonObject, above: Above): Promise<void> {
  if (above.depth > INDEX_DEPTH_MAX)
    throw new SensorError('invalid-input', 'its indexes are nested too deeply');
  for (const descriptor of objects(index['manifests'])) {
    walk.seen += 1;
    if (walk.seen > MANIFESTS_MAX)
      throw new SensorError('too-large', `it has more than ${MANIFESTS_MAX} manifests`);
    const digest = text(descriptor['digest']);
    const name = digest === null ? null : blobName(digest);
    const isPart = digest !== null && name !== null;
    const manifest = isPart ? await document(walk.store, name, digest) : null;
    // An index may tell more platforms than were stored.
    if (manifest === null || digest === null) continue;
    const names = [...above.names, ...namesOf(descriptor['annotations'])];
    const digests = [...above.digests, digest];
    if (manifest['manifests'] !== undefined) {
      await addIndex(walk, manifest, { names, digests, depth: above.depth + 1 });
    } else addManifest(walk.images, manifest, { names, digests, depth: 0 });
  }
}

function addManifest(
  images: Map<string, StoredImage>,
  manifest: JsonObject,
  { names, digests }: Above,
): void {
  const config = isObject(manifest['config']) ? manifest['config'] : {};
  const id = text(config['digest']);
  const name = id === null ? null : blobName(id);
  const layers = objects(manifest['layers']).map((layer) => blobName(text(layer['digest']) ?? ''));
  // Attestations and other artefacts lie beside the images as manifests of their own.
  const types = objects(manifest['layers']).map((layer) => text(layer['mediaType']) ?? '');
  const isImage = types.every((type) => type === '' || /layer|rootfs|tar/.test(type));
  if (id === null || name === null || !isImage || layers.some((layer) => layer === null)) return;
  images.set(id, {
    id,
    names: [...new Set([...(images.get(id)?.names ?? []), ...names])],
    digests,
    manifestDigest: digests.at(-1) ?? null,
    config: name,
    layers: layers.filter((layer) => layer !== null),
  });
}

async function dockerImages(store: BlobStore): Promise<readonly StoredImage[]> {
  const images: StoredImage[] = [];
  for (const entry of objects(await json(store, 'manifest.json', null))) {
    const config = text(entry['Config']);
    const bytes = config === null ? null : await store.read(config, DOCUMENT_BYTES_MAX);
    if (config === null || bytes === null) continue;
    images.push({
      id: digestOf(bytes),
      names: texts(entry['RepoTags']),
      digests: [],
      manifestDigest: null,
      config,
      layers: texts(entry['Layers']),
    });
  }
  return images;
}

function namesOf(annotations: unknown): readonly string[] {
  if (!isObject(annotations)) return [];
  // A reference may be a tag alone; then it names nothing.
  const reference = text(annotations[REFERENCE]);
  const name = text(annotations[CONTAINERD_NAME]);
  return [name, reference].filter((one) => one !== null).filter((one) => /[/:]/.test(one));
}

async function document(
  store: BlobStore,
  name: string,
  digest: string | null = null,
): Promise<JsonObject | null> {
  const value = await json(store, name, digest);
  return isObject(value) ? value : null;
}

async function json(store: BlobStore, name: string, digest: string | null): Promise<unknown> {
  const bytes = await store.read(name, DOCUMENT_BYTES_MAX);
  if (bytes === null) return null;
  if (digest?.startsWith('sha256:') === true && digestOf(bytes) !== digest) {
    throw new SensorError('invalid-input', `${name} is not what its digest says`);
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new SensorError('invalid-input', `${name} is not JSON`, { cause });
  }
}

function texts(value: unknown): readonly string[] {
  return list(value).filter((one) => typeof one === 'string');
}
