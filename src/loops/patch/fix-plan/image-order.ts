import { FixPlanError } from './fix-plan-error.ts';
import type { FixImage } from './fix-problem.ts';

export interface ImageOrder {
  readonly images: readonly FixImage[];
  /** Id → its place among them. */
  readonly indexes: ReadonlyMap<string, number>;
}

/**
 * The images, each after everything that it could be built from, and otherwise by name and id: the
 * same order however the problem was written down.
 *
 * @throws FixPlanError for a doubled or unknown id and for images that are built from each other.
 */
export function orderImages(images: readonly FixImage[]): ImageOrder {
  const sorted = images.toSorted(
    (left, right) => compareText(left.name, right.name) || compareText(left.id, right.id),
  );
  const byId = new Map<string, FixImage>();
  for (const image of sorted) {
    if (byId.has(image.id)) throw new FixPlanError(`there are two images with the id "${image.id}"`);
    byId.set(image.id, image);
  }
  const walk: Walk = { byId, images: [], indexes: new Map() };
  for (const image of sorted) if (!walk.indexes.has(image.id)) visit(image, walk);
  return walk;
}

/** Ids of everything that the image is, or could be, built from. */
function sourcesOf(image: FixImage): readonly string[] {
  const bases = image.base?.kind === 'image' ? [image.base.id] : [];
  return inOrder([...bases, ...image.newerBases.map(({ id }) => id), ...copySourcesOf(image)]);
}

/** Ids of the images whose files it copies. */
export function copySourcesOf({ copiesFrom, holdings }: FixImage): readonly string[] {
  const known = holdings.filter(({ origin }) => origin.kind === 'copied');
  if (known.length === 0) return inOrder(copiesFrom);
  const ids = known.flatMap(({ origin }) => (origin.kind === 'copied' ? (origin.from ?? []) : []));
  return inOrder([...copiesFrom, ...ids]);
}

function inOrder(ids: readonly string[]): readonly string[] {
  return ids.length < 2 ? ids : [...new Set(ids)].toSorted(compareText);
}

/** By code units: the same on every machine, whatever its language. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

interface Walk extends ImageOrder {
  readonly byId: ReadonlyMap<string, FixImage>;
  readonly images: FixImage[];
  readonly indexes: Map<string, number>;
}

/** The index of an image whose sources are being visited. */
const OPEN = -1;

/** Depth first without recursion: a chain of declared images can be longer than the stack. */
function visit(root: FixImage, { byId, images, indexes }: Walk): void {
  const path = [root];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const source = sourcesOf(top).find((id) => (indexes.get(id) ?? OPEN) === OPEN);
    if (source === undefined) {
      indexes.set(top.id, images.push(top) - 1);
      path.pop();
      continue;
    }
    indexes.set(top.id, OPEN);
    if (indexes.has(source)) {
      const names = path.map(({ name }) => name).join(', ');
      throw new FixPlanError(`these images are built from each other: ${names}`);
    }
    const image = byId.get(source);
    if (image === undefined) {
      throw new FixPlanError(`"${top.name}" is built from "${source}", which is not among the images`);
    }
    path.push(image);
  }
}
