import type { BuildSourceData, ImageData } from '#model';
import { baseOf, type BaseClaim, type BaseEdge, type KnownImages } from './base-of.ts';
import { withoutCycles } from './break-cycles.ts';
import { type CopyEdge, copiesFrom } from './copies-from.ts';
import { ImageReferences } from './image-references.ts';
import { LayerTrie } from './layer-trie.ts';

/** An image as the graph holds it. Names by which instances were started belong to its names, too. */
export interface TreeImage {
  /** Config digest. */
  readonly id: string;
  readonly data: Pick<ImageData, 'names' | 'digests' | 'diffIds' | 'labels' | 'created'>;
  /**
   * Names that it had and has no more. They tell who builds it, where its own do not; who asks for such
   * a name means the image that has it now.
   */
  readonly earlierNames?: readonly string[];
}

/** An image and where it comes from. */
export interface ImageNode {
  /** The config digest; of an image that was declared and never seen its name. */
  readonly key: string;
  /** Null: declared, and never seen. */
  readonly id: string | null;
  /** The first of its names, or of its earlier ones (`was NAME`), its source's name, or the digest. */
  readonly name: string;
  readonly source: BuildSourceData | null;
  /** Null: it has none, or nothing tells. */
  readonly base: BaseEdge | null;
  /** Everything that is said of its base, also what the layers contradict. */
  readonly claims: readonly BaseClaim[];
  readonly copies: readonly CopyEdge[];
  /** Keys of the images whose base it is. */
  readonly children: readonly string[];
  /** What is odd about it, in plain words: contradictions and cycles. */
  readonly warnings: readonly string[];
}

/** The ancestry of images, as of one moment; a pure function of what the graph holds then. */
export interface ImageTree {
  /** By name, then by key. */
  readonly nodes: readonly ImageNode[];
  /** By config digest, by a manifest's or index's digest, or by key. */
  node(id: string): ImageNode | null;
  /** The image's base, that one's base and so on, as far as they have nodes. */
  ancestors(key: string): readonly ImageNode[];
}

/**
 * Works out the tree of images. Declared bases (annotations, build sources) that the layers bear out
 * come first; without one it is the image with the longest run of the same first layers.
 */
export function buildImageTree(images: readonly TreeImage[], sources: readonly BuildSourceData[]): ImageTree {
  const references = new ImageReferences(images);
  const sourceOf = sourcesByImage(images, sources, references);
  const seen = new Set(sourceOf.values());
  const unseen = sources.filter((source) => !seen.has(source));
  const declared = new Map(unseen.map(({ name }) => [references.repositoryOf(name), name]));
  const known: KnownImages = {
    references,
    layers: new LayerTrie(images),
    hasSource: (id) => sourceOf.has(id),
    declared: (reference) => declaredName(references.repositoriesOf(reference), declared),
  };
  const drafts = [
    ...images.map((image) => draftOf(image, sourceOf.get(image.id) ?? null, known)),
    ...unseen.map((source) => draftOf(null, source, known)),
  ];
  return treeOf(withoutCycles(drafts), references);
}

/** The most exact of the forms that was declared. */
function declaredName(forms: readonly string[], declared: ReadonlyMap<string, string>): string | null {
  const form = forms.find((each) => declared.has(each));
  return form === undefined ? null : (declared.get(form) ?? null);
}

/** A node before its children are known. */
export type Draft = Omit<ImageNode, 'children'>;

function draftOf(image: TreeImage | null, source: BuildSourceData | null, known: KnownImages): Draft {
  const name = (image === null ? null : ownName(image)) ?? source?.name ?? image?.id ?? '';
  return {
    key: image?.id ?? name,
    id: image?.id ?? null,
    name,
    source,
    copies: source === null ? [] : copiesFrom(source, known.references),
    ...baseOf(image, source, known),
  };
}

function ownName({ data, earlierNames }: TreeImage): string | null {
  const [name] = data.names.toSorted();
  if (name !== undefined) return name;
  const [earlier] = earlierNames?.toSorted() ?? [];
  return earlier === undefined ? null : `was ${earlier}`;
}

/** A source is that of every image that has its name, whatever the tag. */
function sourcesByImage(
  images: readonly TreeImage[],
  sources: readonly BuildSourceData[],
  references: ImageReferences,
): ReadonlyMap<string, BuildSourceData> {
  const found = new Map<string, BuildSourceData>();
  const byRepository = new Map(sources.map((source) => [references.repositoryOf(source.name), source]));
  if (byRepository.size === 0) return found;
  for (const { id, data, earlierNames = [] } of images) {
    for (const name of [...data.names, ...earlierNames]) {
      const source = references
        .repositoriesOf(name)
        .map((form) => byRepository.get(form))
        .find(Boolean);
      if (source !== undefined && !found.has(id)) found.set(id, source);
    }
  }
  return found;
}

function treeOf(drafts: readonly Draft[], references: ImageReferences): ImageTree {
  const children = new Map<string, string[]>();
  for (const { key, base } of drafts) {
    if (base?.key == null) continue;
    const siblings = children.get(base.key);
    if (siblings === undefined) children.set(base.key, [key]);
    else siblings.push(key);
  }
  const nodes = drafts
    .map((draft): ImageNode => ({ ...draft, children: (children.get(draft.key) ?? []).toSorted() }))
    .toSorted((left, right) => compare(left.name, right.name) || compare(left.key, right.key));
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  return {
    nodes,
    node: (id) => byKey.get(id) ?? byKey.get(references.imageOfDigest(id) ?? '') ?? null,
    ancestors(key) {
      const ancestors: ImageNode[] = [];
      let node = byKey.get(byKey.get(key)?.base?.key ?? '');
      for (; node !== undefined; node = byKey.get(node.base?.key ?? '')) ancestors.push(node);
      return ancestors;
    },
  };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
