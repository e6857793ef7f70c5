import type { Descriptor, Platform } from './manifest.ts';

/** How Go, and with it every registry, calls what Node calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/** Variants that run on a machine of one, best first; without one said, any. */
const ARM_VARIANTS: readonly string[] = ['v8', 'v7', 'v6', 'v5'];

/** Of the machine with this `process.arch`. Containers are Linux wherever they run. */
export function platformOf(nodeArchitecture: string): Platform {
  const architecture = ARCHITECTURES[nodeArchitecture] ?? nodeArchitecture;
  return { os: 'linux', architecture, variant: null };
}

/**
 * The manifests of an index that are images, those for this platform first, best match first;
 * attestations of a build are none.
 */
export function imagesByPlatform(
  manifests: readonly Descriptor[],
  platform: Platform,
): { readonly matching: readonly Descriptor[]; readonly others: readonly Descriptor[] } {
  const images = manifests.filter((each) => !isAttestation(each) && each.artifactType === null);
  const matching = images.filter(({ platform: its }) => its === null || runsOn(its, platform));
  return {
    matching: matching.toSorted((left, right) => rank(left) - rank(right)),
    others: images.filter((each) => !matching.includes(each)),
  };
}

/** What BuildKit puts into an index beside the image that it built: lists of packages, provenance. */
export function isAttestation({ annotations }: Descriptor): boolean {
  return annotations['vnd.docker.reference.type'] === 'attestation-manifest';
}

const runsOn = (its: Platform, ours: Platform): boolean =>
  its.os === ours.os &&
  its.architecture === ours.architecture &&
  (ours.variant === null || its.variant === null || its.variant === ours.variant);

function rank({ platform }: Descriptor): number {
  const place = ARM_VARIANTS.indexOf(platform?.variant ?? '');
  return place === -1 ? ARM_VARIANTS.length : place;
}
