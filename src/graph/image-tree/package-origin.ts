import type { CopyEdge } from './copies-from.ts';
import type { ImageNode, ImageTree } from './image-tree.ts';

/** Which image of the tree brought something into an image. */
export type PackageOrigin =
  /** `image`: the ancestor whose layer it is; how that one came by it is a question about that one. */
  | { readonly kind: 'base'; readonly image: ImageNode }
  /** The image itself. */
  | { readonly kind: 'own'; readonly image: ImageNode }
  /** The image itself, out of another one, of which there may be several. */
  | { readonly kind: 'copied'; readonly image: ImageNode; readonly from: readonly CopyEdge[] }
  /** Its layer is not known, or how many of the layers are the base's. */
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
  if (owner !== node) return { kind: 'base', image: owner };
  const { base, copies } = node;
  if (base !== null && base.upToLayer === null)
    return { kind: 'unknown', image: node, reason: `which layers ${base.name} brought in is not known` };
  const from = copies.filter(({ destination }) => isBelow(place.path, destination));
  return from.length > 0 ? { kind: 'copied', image: node, from } : { kind: 'own', image: node };
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
