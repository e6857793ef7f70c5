import type { CopyEdge } from './copies-from.ts';
import type { ImageNode, ImageTree } from './image-tree.ts';

/** Which image of the tree brought something into an image. */
export type PackageOrigin =
  /** The deepest ancestor to whose own layers it belongs. */
  | { readonly kind: 'base'; readonly image: ImageNode }
  | { readonly kind: 'own'; readonly image: ImageNode }
  /** By this image's own layers, but out of another one, of which there may be several. */
  | { readonly kind: 'copied'; readonly image: ImageNode; readonly from: readonly CopyEdge[] }
  /** Its layer is not known, or how many of the layers are its base's; `image` is the last one that is sure to have it. */
  | { readonly kind: 'unknown'; readonly image: ImageNode; readonly reason: string };

/**
 * @param place the layer that brought it in, and the file that says so, as lists have them
 */
export function packageOrigin(
  tree: ImageTree,
  node: ImageNode,
  place: { readonly layer: number | null; readonly path: string | null },
): PackageOrigin {
  if (place.layer === null) return { kind: 'unknown', image: node, reason: 'its layer is not known' };
  const owner = ownerOfLayer(tree, node, place.layer);
  const { base } = owner;
  if (base !== null && base.upToLayer === null) {
    const reason = `which layers ${base.name} brought in is not known`;
    return { kind: 'unknown', image: owner, reason };
  }
  const from = owner.copies.filter(({ destination }) => isBelow(place.path, destination));
  if (from.length > 0) return { kind: 'copied', image: owner, from };
  return { kind: owner === node ? 'own' : 'base', image: owner };
}

function ownerOfLayer(tree: ImageTree, node: ImageNode, layer: number): ImageNode {
  let owner = node;
  while (owner.base?.key != null && owner.base.upToLayer !== null && layer <= owner.base.upToLayer) {
    const below = tree.node(owner.base.key);
    if (below === null) break;
    owner = below;
  }
  return owner;
}

/** Relative destinations depend on the working directory, which nobody knows here. */
function isBelow(path: string | null, destination: string): boolean {
  if (path === null || !destination.startsWith('/')) return false;
  const directory = destination.replace(/\/+$/, '');
  return path === directory || path.startsWith(`${directory}/`);
}
