import type { WantedImage } from '../image-content.ts';
import type { Descriptor, Platform } from './manifest.ts';
import { imagesByPlatform, isAttestation } from './platform.ts';
import type { ImageReference, Repository } from '../image-reference.ts';
import type { FetchedManifest, RegistryClient } from './registry-client.ts';

/** One image of one platform, as its registry has it. */
export interface FoundImage {
  readonly repository: Repository;
  /** Of the platform's manifest. */
  readonly digest: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** What a build attested about this image, in the index that it was found in. */
  readonly attestations: readonly Descriptor[];
}

/** An index lists an image once per platform; asked for one without a platform, all are looked at. */
const CANDIDATES_MAX = 32;

export interface Search {
  readonly client: RegistryClient;
  readonly platform: Platform;
  readonly signal: AbortSignal;
}

/**
 * The wanted image in one repository: by its digests first, which can't have moved, then by tag.
 * Null: it is not there, or the tag is another image's by now.
 * @throws SensorError
 */
export async function findImage(
  search: Search,
  reference: ImageReference,
  wanted: WantedImage,
): Promise<FoundImage | null> {
  const names = [reference.digest, ...wanted.digests, reference.tag];
  for (const name of new Set(names)) {
    if (name === null) continue;
    const fetched = await search.client.manifestOrNull(reference, name, search.signal);
    const found = fetched === null ? null : await imageOf(search, reference, fetched, wanted);
    if (found !== null) return found;
  }
  return null;
}

async function imageOf(
  search: Search,
  repository: Repository,
  { digest, manifest }: FetchedManifest,
  wanted: WantedImage,
): Promise<FoundImage | null> {
  if (manifest.kind === 'image') {
    const { config, layers } = manifest;
    const right = isCalled(wanted, digest) || wanted.id === config.digest;
    return right ? { repository, digest, config, layers, attestations: [] } : null;
  }
  const { matching, others } = imagesByPlatform(manifest.manifests, search.platform);
  // Where the id is known it alone decides: the engine may run another platform's image.
  const isAny = isCalled(wanted, digest);
  const candidates = isAny ? matching.slice(0, 1) : [...matching, ...others];
  for (const candidate of candidates.slice(0, CANDIDATES_MAX)) {
    const fetched = await search.client.manifestOrNull(repository, candidate.digest, search.signal);
    // An index within an index is allowed by the specification, and made by nobody.
    if (fetched?.manifest.kind !== 'image') continue;
    const found = await imageOf(search, repository, fetched, isAny ? { ...wanted, id: null } : wanted);
    if (found !== null) return { ...found, attestations: attestationsOf(manifest.manifests, found.digest) };
  }
  return null;
}

/** Docker's newer store calls an image by the digest of its manifest or index. */
const isCalled = ({ id }: WantedImage, digest: string): boolean => id === null || id === digest;

function attestationsOf(manifests: readonly Descriptor[], digest: string): readonly Descriptor[] {
  return manifests.filter(
    (each) => isAttestation(each) && each.annotations['vnd.docker.reference.digest'] === digest,
  );
}
