import { isDigest } from '../image-reference.ts';

/** What a manifest or an index points at (OCI image specification, "Descriptor"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Of manifests in an index; null: not said. */
  readonly platform: Platform | null;
  /** Of what is attached to an image. */
  readonly artifactType: string | null;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** `v7`, `v8`; null: not said. */
  readonly variant: string | null;
}

export type Manifest =
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] }
  | {
      readonly kind: 'image';
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
      readonly artifactType: string | null;
    };

/** Every kind of manifest that is understood; registries give older kinds to those who do not say. */
export const MANIFEST_TYPES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** The deepest image has 127. */
const LAYERS_MAX = 4096;

/** A reason why it is none, in words that continue "the registry sent …". */
export class ManifestProblem extends Error {
  override readonly name = 'ManifestProblem';
}

/**
 * Reads a manifest by its structure; that which is both an index and an image is none (its meaning
 * would hang on who asks: the specification's advisory on ambiguous documents).
 * @throws ManifestProblem
 */
export function parseManifest(bytes: Buffer, contentType: string | null): Manifest {
  const document = parseObject(bytes);
  const { config, layers, manifests, mediaType } = document;
  if (document['schemaVersion'] === 1) throw new ManifestProblem('a manifest of the old schema 1');
  const index = Array.isArray(manifests);
  if (index === (config !== undefined || layers !== undefined)) {
    throw new ManifestProblem('what is neither clearly an image nor clearly an index');
  }
  for (const said of [mediaType, contentType]) {
    if (typeof said === 'string' && MANIFEST_TYPES.includes(said) && isIndexType(said) !== index) {
      throw new ManifestProblem(`a document that is not the ${said} it is called`);
    }
  }
  if (index) return { kind: 'index', manifests: manifests.map(parseDescriptor) };
  const given = layers ?? [];
  if (!Array.isArray(given) || given.length > LAYERS_MAX) {
    throw new ManifestProblem('a manifest without a list of layers');
  }
  return {
    kind: 'image',
    config: parseDescriptor(config),
    layers: given.map(parseDescriptor),
    artifactType: text(document['artifactType']),
  };
}

const isIndexType = (mediaType: string): boolean => /index|manifest\.list/.test(mediaType);

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    if (isRecord(parsed)) return parsed;
  } catch {
    // Said below, in the same words.
  }
  throw new ManifestProblem('something else than a manifest');
}

function parseDescriptor(value: unknown): Descriptor {
  const given = isRecord(value) ? value : {};
  const { digest, size, mediaType } = given;
  if (typeof digest !== 'string' || !isDigest(digest)) {
    throw new ManifestProblem('a manifest that names no proper digest');
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new ManifestProblem('a manifest that names no proper size');
  }
  const annotations = isRecord(given['annotations']) ? given['annotations'] : {};
  return {
    mediaType: text(mediaType) ?? '',
    digest,
    size,
    annotations: Object.fromEntries(
      Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    platform: parsePlatform(given['platform']),
    artifactType: text(given['artifactType']),
  };
}

function parsePlatform(value: unknown): Platform | null {
  if (!isRecord(value)) return null;
  const [os, architecture] = [text(value['os']), text(value['architecture'])];
  if (os === null || architecture === null) return null;
  return { os, architecture, variant: text(value['variant']) };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
