import type { ImageNode } from '#graph';
import type { Holdings } from '../affected/holdings.ts';
import type { NewerBase } from '../fix-plan/index.ts';
import type { PatchView } from '../view.ts';

/** Later images of the base's repository that are known not to hold it. */
export function newerBasesOf(view: PatchView, node: ImageNode, holdings: Holdings): readonly NewerBase[] {
  const { base, source } = node;
  if (base?.key == null || source === null) return [];
  const id = view.images.node(base.key)?.id ?? null;
  if (id === null) return [];
  const meant = source.base === null ? [] : view.images.named(source.base);
  return newerImagesOf(view, id, holdings).map((newer) => ({
    id: newer,
    sameReference: meant.includes(newer),
  }));
}

/** Later builds of the same repository that exist, were read, and do not hold it: the newest first. */
export function newerImagesOf(view: PatchView, image: string, holdings: Holdings): readonly string[] {
  const own = view.images.details(image);
  if (own === null || own.created === null) return [];
  const { created } = own;
  return view.images
    .inRepositoriesOf(image)
    .filter((other) => other !== image && !holdings.images.has(other))
    .filter((other) => view.graph.one('image', other) !== null && view.reader.missing(other) === null)
    .map((other) => ({ other, created: view.images.details(other)?.created ?? 0 }))
    .filter((candidate) => candidate.created > created)
    .toSorted((left, right) => right.created - left.created)
    .map(({ other }) => other);
}
