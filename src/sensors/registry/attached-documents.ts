import { tooLarge } from './failures.ts';
import type { FoundImage } from './find-image.ts';
import type { RegistryClient } from './registry-client.ts';

/** A document that lies beside an image in its registry. Its bytes are foreign. */
export interface AttachedDocument {
  readonly kind: 'cyclonedx' | 'spdx' | 'openvex';
  /** The statement of in-toto that the document is the predicate of, or the document itself. */
  readonly wrapped: 'in-toto' | null;
  /** `referrer`: attached by anybody who may push; `attestation`: by the build. */
  readonly by: 'referrer' | 'attestation';
  /** Of its bytes. */
  readonly digest: string;
  readonly bytes: Buffer;
}

/** A list of a large image, with every file of every package in it, takes 40 MB. */
const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;

/** Attaching is cheap for whoever may push; a build attaches a handful. */
const REFERRERS_MAX = 64;
/** They are held in memory together. */
const DOCUMENTS_MAX = 256;
const ALL_BYTES_MAX = 256 * 1024 * 1024;

const IN_TOTO = 'application/vnd.in-toto+json';
const PREDICATE = 'in-toto.io/predicate-type';

/** What a media type or a type of predicate says it is; `+json` or none, any version. */
const KINDS: readonly (readonly [RegExp, AttachedDocument['kind']])[] = [
  [/^application\/vnd\.cyclonedx\+json\b|^https?:\/\/cyclonedx\.org\/(?:bom|schema)\b/, 'cyclonedx'],
  [/^(?:application|text)\/spdx\+json\b|^https?:\/\/spdx\.dev\/Document\b/, 'spdx'],
  [/^(?:application|text)\/(?:open)?vex(?:\+json)?\b|^https?:\/\/openvex\.dev\/ns\b/, 'openvex'],
];

/**
 * What is attached to an image and of a known kind.
 * @throws SensorError
 */
export async function attachedDocuments(
  client: RegistryClient,
  image: FoundImage,
  signal: AbortSignal,
): Promise<readonly AttachedDocument[]> {
  const referrers = await client.referrers(image.repository, image.digest, signal);
  const documents: AttachedDocument[] = [];
  for (const [by, manifests] of [
    ['referrer', referrers.slice(0, REFERRERS_MAX)],
    ['attestation', image.attestations],
  ] as const) {
    for (const { digest } of manifests) await addDocuments({ client, image, by, signal }, digest, documents);
  }
  return documents;
}

async function addDocuments(
  {
    client,
    image,
    by,
    signal,
  }: {
    readonly client: RegistryClient;
    readonly image: FoundImage;
    readonly by: AttachedDocument['by'];
    readonly signal: AbortSignal;
  },
  digest: string,
  documents: AttachedDocument[],
): Promise<void> {
  // What was deleted may still be listed.
  const manifest = (await client.manifestOrNull(image.repository, digest, signal))?.manifest;
  if (manifest?.kind !== 'image') return;
  for (const layer of manifest.layers) {
    const wrapped = layer.mediaType === IN_TOTO ? 'in-toto' : null;
    const kind = kindOf(wrapped === null ? layer.mediaType : (layer.annotations[PREDICATE] ?? ''));
    if (kind === null) continue;
    const held = documents.reduce((sum, { bytes }) => sum + bytes.length, layer.size);
    if (documents.length >= DOCUMENTS_MAX || held > ALL_BYTES_MAX) {
      throw tooLarge(image.repository.registry, `what is attached to ${image.digest}`);
    }
    const bytes = await client.blobWhole(image.repository, layer, DOCUMENT_BYTES_MAX, signal);
    documents.push({ kind, wrapped, by, digest: layer.digest, bytes });
  }
}

function kindOf(type: string): AttachedDocument['kind'] | null {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? null;
}
