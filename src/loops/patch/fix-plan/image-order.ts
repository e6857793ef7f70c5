import { FixPlanError } from './fix-plan-error.ts';
import type { FixImage } from './fix-problem.ts';

/**
 * The images, each after everything that it could be built from, and otherwise by name and id: the
 * same order however the problem was written down.
 *
 * @throws FixPlanError for a doubled or unknown id and for images that are built from each other.
 */
export function orderImages(images: readonly FixImage[]): readonly FixImage[] {
  const sorted = images.toSorted(
    (left, right) => compareText(left.name, right.name) || compareText(left.id, right.id),
  );
  const byId = new Map<string, FixImage>();
  for (const image of sorted) {
    if (byId.has(image.id)) throw new FixPlanError(`there are two images with the id "${image.id}"`);
    byId.set(image.id, image);
  }
  const ordered: FixImage[] = [];
  const done = new Set<string>();
  for (const image of sorted) visit(image, { byId, ordered, done });
  return ordered;
}

/** Ids of everything that the image is, or could be, built from. */
function sourcesOf(image: FixImage): readonly string[] {
  const ids = [...copySourcesOf(image), ...image.newerBases.map(({ id }) => id)];
  if (image.base?.kind === 'image') ids.push(image.base.id);
  return ids.length < 2 ? ids : [...new Set(ids)].toSorted(compareText);
}

/** Ids of the images whose files it copies. */
export function copySourcesOf(image: FixImage): readonly string[] {
  const ids = [...image.copiesFrom];
  for (const { origin } of image.holdings) {
    if (origin.kind === 'copied' && origin.from !== null) ids.push(origin.from);
  }
  return ids.length < 2 ? ids : [...new Set(ids)].toSorted(compareText);
}

/** By code units: the same on every machine, whatever its language. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

interface Walk {
  readonly byId: ReadonlyMap<string, FixImage>;
  readonly ordered: FixImage[];
  readonly done: Set<string>;
}

/** Depth first without recursion: a chain of declared images can be longer than the stack. */
function visit(root: FixImage, walk: Walk): void {
  const path = [{ image: root, pending: sourcesOf(root).toReversed() }];
  const open = new Set([root.id]);
  if (walk.done.has(root.id)) return;
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const id = top.pending.pop();
    if (id === undefined) {
      walk.done.add(top.image.id);
      walk.ordered.push(top.image);
      open.delete(top.image.id);
      path.pop();
    } else if (open.has(id)) {
      const names = path.map(({ image }) => image.name).join(', ');
      throw new FixPlanError(`these images are built from each other: ${names}`);
    } else if (!walk.done.has(id)) {
      const image = walk.byId.get(id);
      if (image === undefined) {
        throw new FixPlanError(`"${top.image.name}" is built from "${id}", which is not among the images`);
      }
      open.add(id);
      path.push({ image, pending: sourcesOf(image).toReversed() });
    }
  }
}
