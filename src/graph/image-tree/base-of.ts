import type { BuildSourceData, Evidence } from '#model';
import type { ImageReferences } from './image-references.ts';
import type { TreeImage } from './image-tree.ts';
import type { LayerTrie } from './layer-trie.ts';

export type BaseKnowledge = 'annotation' | 'build-source' | 'layers';

/** What an image is built upon. */
export interface BaseEdge {
  /** Key of the base's node; null: it was never seen, or only in another version than this image was built from. */
  readonly key: string | null;
  /** As it is written, or else the base's first name. */
  readonly name: string;
  /** Index of the last layer that the base brought in; null: not known. */
  readonly upToLayer: number | null;
  readonly known: BaseKnowledge;
  /** `observed` where the layers themselves show it; declared otherwise. */
  readonly evidence: Extract<Evidence, 'declared' | 'observed'>;
}

/** What one place says of the base. */
export interface BaseClaim {
  readonly known: BaseKnowledge;
  /** As it is written: a name or a digest; of layers the base's config digest. */
  readonly reference: string;
  /** Key of the image that it means now; null: nobody has that. */
  readonly means: string | null;
  /** Whether that image's layers are this one's first; null: not to be told. */
  readonly fits: boolean | null;
  readonly upToLayer: number | null;
}

export interface BaseFound {
  readonly base: BaseEdge | null;
  readonly claims: readonly BaseClaim[];
  readonly warnings: readonly string[];
}

/** What there is to compare with. */
export interface KnownImages {
  readonly references: ImageReferences;
  readonly layers: LayerTrie;
  /** Whether the organisation builds that image itself. */
  readonly hasSource: (id: string) => boolean;
  /** Key of an image that was declared and never seen. */
  readonly declared: (reference: string) => string | null;
}

/** @param image null: declared, and never seen */
export function baseOf(
  image: TreeImage | null,
  source: BuildSourceData | null,
  known: KnownImages,
): BaseFound {
  const deepest = image === null ? [] : known.layers.deepestBases(image.id);
  const declared = [
    ...(image === null ? [] : annotationsOf(image, deepest)),
    ...(source?.base == null ? [] : [{ known: 'build-source', reference: source.base } as const]),
  ].map((written) => claimOf(written, image, known));
  const observed = layersClaim(deepest, declared, known);
  const claims = observed === null ? declared : [...declared, observed];
  const warnings = claims.filter(({ fits }) => fits === false).map(contradiction);
  // An annotation can be inherited from a base, and speaks of that one's base then: the longest counts.
  const [fitting] = declared
    .filter(({ fits }) => fits === true)
    .toSorted((left, right) => (right.upToLayer ?? 0) - (left.upToLayer ?? 0));
  const chosen = fitting ?? observed ?? openClaim(declared);
  return { base: chosen === null ? null : edgeOf(chosen, claims, known), claims, warnings };
}

/** https://specs.opencontainers.org/image-spec/annotations/ */
const BASE_LABELS = ['org.opencontainers.image.base.digest', 'org.opencontainers.image.base.name'];

/** Builds hand labels on from the base: what the base says, too, it says of itself. */
function annotationsOf(image: TreeImage, bases: readonly TreeImage[]): readonly Written[] {
  const { labels } = image.data;
  const isInherited = bases.some(({ data }) =>
    BASE_LABELS.every((label) => data.labels[label] === labels[label]),
  );
  if (isInherited) return [];
  return BASE_LABELS.map((label) => labels[label] ?? '')
    .filter((reference) => reference !== '')
    .map((reference) => ({ known: 'annotation', reference }));
}

/**
 * The layers tell nothing: they are not known, or the version that it was built from was never seen.
 * A digest can't mean another version, so one that does not fit is no base.
 */
function openClaim(declared: readonly BaseClaim[]): BaseClaim | null {
  return declared.find(({ fits, reference }) => fits === null || !isDigest(reference)) ?? null;
}

type Written = Pick<BaseClaim, 'known' | 'reference'>;

function claimOf(written: Written, image: TreeImage | null, known: KnownImages): BaseClaim {
  const { references, layers } = known;
  const candidates = references.imagesOf(written.reference).filter((id) => id !== image?.id);
  const judged = candidates.map((id) => {
    const last = image === null ? undefined : layers.lastLayerFrom(id, image.id);
    return { means: id, fits: last === undefined ? null : last !== null, upToLayer: last ?? null };
  });
  // Of several images with that name, the one that was really used.
  const [first] = [...judged.filter(({ fits }) => fits === true), ...judged];
  const never = { means: known.declared(written.reference), fits: null, upToLayer: null };
  return { ...written, ...(first ?? never) };
}

/** Of images with the same layers: the one that is declared, then one of our own making, then the oldest. */
function layersClaim(
  deepest: readonly TreeImage[],
  declared: readonly BaseClaim[],
  { hasSource }: KnownImages,
): BaseClaim | null {
  const claimed = new Set(declared.map(({ means }) => means));
  const rank = ({ id }: TreeImage): number => (claimed.has(id) ? 0 : hasSource(id) ? 1 : 2);
  const age = ({ data }: TreeImage): number => data.created ?? Number.MAX_VALUE;
  const [first] = deepest.toSorted(
    (left, right) => rank(left) - rank(right) || age(left) - age(right) || (left.id < right.id ? -1 : 1),
  );
  if (first === undefined) return null;
  const upToLayer = first.data.diffIds.length - 1;
  return { known: 'layers', reference: first.id, means: first.id, fits: true, upToLayer };
}

function edgeOf(chosen: BaseClaim, claims: readonly BaseClaim[], { layers }: KnownImages): BaseEdge {
  const key = chosen.fits === false ? null : chosen.means;
  const named = claims.find(
    ({ reference, means }) => !isDigest(reference) && (key === null || means === key),
  );
  return {
    key,
    name: named?.reference ?? (key === null ? null : layers.nameOf(key)) ?? chosen.reference,
    upToLayer: chosen.upToLayer,
    known: chosen.known,
    evidence: chosen.known === 'layers' ? 'observed' : 'declared',
  };
}

function isDigest(reference: string): boolean {
  return reference.startsWith('sha256:') || reference.includes('@sha256:');
}

function contradiction({ known, reference, means }: BaseClaim): string {
  const by = known === 'annotation' ? 'its annotation' : 'its build source';
  const meant = means === reference ? 'that' : `${reference} is ${means ?? 'not known'}, and that`;
  const older = isDigest(reference) ? '' : '; it may have been built from an earlier one of that name';
  return `${by} says that its base is ${reference}, but the layers contradict it: ${meant} image’s layers are not its first${older}`;
}
