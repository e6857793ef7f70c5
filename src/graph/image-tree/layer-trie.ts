import { NONE } from '../fact-columns.ts';
import type { TreeImage } from './image-tree.ts';

/**
 * Images by their layers, base first: an image's place is where its last layer ends, and every
 * place on the way there may be that of another image: its base, or one that has the same base.
 */
export class LayerTrie {
  readonly #layers = new Map<string, number>();
  /** By layer, the place where it was seen first: nearly always the only one. */
  readonly #firstPlaces: number[] = [];
  /** Of layers that stand upon several others, by place below and layer in one number. */
  readonly #morePlaces = new Map<number, number>();
  /** By place, the place below; the first place is no layer at all. */
  readonly #below: number[] = [NONE];
  readonly #depths: number[] = [0];
  /** By place the images whose whole list ends there. */
  readonly #ending: (TreeImage[] | undefined)[] = [undefined];
  readonly #images: ReadonlyMap<string, { readonly image: TreeImage; readonly place: number }>;

  constructor(images: readonly TreeImage[]) {
    const known = new Map<string, { readonly image: TreeImage; readonly place: number }>();
    for (const image of images) {
      let place = 0;
      for (const layer of image.data.diffIds) place = this.#placeAbove(place, layer);
      known.set(image.id, { image, place });
      if (place === 0) continue;
      const others = this.#ending[place];
      if (others === undefined) this.#ending[place] = [image];
      else others.push(image);
    }
    this.#images = known;
  }

  /** The images whose whole list is the longest proper prefix of this one's: all have the same layers. */
  deepestBases(id: string): readonly TreeImage[] {
    let place = this.#below[this.#images.get(id)?.place ?? 0] ?? NONE;
    while (place > 0 && this.#ending[place] === undefined) place = this.#below[place] ?? NONE;
    return this.#ending[place] ?? [];
  }

  /**
   * The index of the last layer that the one image has from the other; null: the other's layers are
   * not its first. Undefined: the layers of one of them are not known. Equal lists count: an image
   * that only sets a label or an entry point has its base's layers.
   */
  lastLayerFrom(base: string, id: string): number | null | undefined {
    const end = this.#images.get(base)?.place ?? 0;
    let place = this.#images.get(id)?.place ?? 0;
    if (end === 0 || place === 0) return undefined;
    const depth = this.#depths[end] ?? 0;
    while ((this.#depths[place] ?? 0) > depth) place = this.#below[place] ?? NONE;
    return place === end ? depth - 1 : null;
  }

  /** The first of the image's names. */
  nameOf(id: string): string | null {
    return this.#images.get(id)?.image.data.names.toSorted()[0] ?? null;
  }

  #placeAbove(below: number, diffId: string): number {
    const layer = this.#layers.get(diffId);
    if (layer === undefined) {
      this.#layers.set(diffId, this.#layers.size);
      return (this.#firstPlaces[this.#layers.size - 1] = this.#grow(below));
    }
    const first = this.#firstPlaces[layer] ?? 0;
    if (this.#below[first] === below) return first;
    const key = below * LAYERS_MAX + layer;
    const known = this.#morePlaces.get(key);
    if (known !== undefined) return known;
    const grown = this.#grow(below);
    this.#morePlaces.set(key, grown);
    return grown;
  }

  #grow(below: number): number {
    this.#below.push(below);
    this.#depths.push((this.#depths[below] ?? 0) + 1);
    return this.#ending.push(undefined) - 1;
  }
}

/** Places and layers fit into a double's 53 bits together: 67 million of the latter, 134 of the former. */
const LAYERS_MAX = 2 ** 26;
