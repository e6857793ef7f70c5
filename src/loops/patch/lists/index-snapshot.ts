import { PackageIndex } from '#graph';
import type { Store } from '#store';

const SNAPSHOT = 'package-lists';
/** Bumped when a part changes, or what `canonicalPackage` makes of a package. */
const FORMAT = 2;

/** The index, and what it was fed from. */
export interface FedIndex {
  readonly index: PackageIndex;
  /** Of the lists, as they spell them, with their releases: there are some tens. */
  readonly ecosystems: Set<string>;
  /** By image the list in the index, and the content that it was fed from. */
  readonly used: Map<string, { readonly id: string; readonly content: string }>;
  /** Images of which a whole layer is not known: why. */
  readonly unreadLayers: Map<string, string>;
  /** Images with packages that no advisory can speak of: why. */
  readonly unspoken: Map<string, string>;
}

export function emptyIndex(): FedIndex {
  return {
    index: new PackageIndex(),
    ecosystems: new Set(),
    used: new Map(),
    unreadLayers: new Map(),
    unspoken: new Map(),
  };
}

/**
 * As it was saved last; empty where that is lost. Reading 60,000 lists again takes 39 s of CPU, this
 * one; what was recorded since has to be compared with `used`.
 */
export function savedIndex({ snapshots }: Pick<Store, 'snapshots'>): FedIndex {
  const [names, ...parts] = snapshots.read(SNAPSHOT, FORMAT)?.parts ?? [];
  if (names === undefined) return emptyIndex();
  // Written by `saveIndex` below.
  const saved = JSON.parse(Buffer.from(names).toString()) as Saved;
  return {
    index: PackageIndex.fromParts(parts),
    ecosystems: new Set(saved.ecosystems),
    used: new Map(saved.used.map(([image, id, content]) => [image, { id, content }])),
    unreadLayers: new Map(saved.unreadLayers),
    unspoken: new Map(saved.unspoken),
  };
}

/** As it is now, although it goes on while it is written. */
export async function saveIndex(store: Pick<Store, 'snapshots' | 'head'>, fed: FedIndex): Promise<void> {
  const saved: Saved = {
    ecosystems: [...fed.ecosystems],
    used: Array.from(fed.used, ([image, { id, content }]) => [image, id, content]),
    unreadLayers: [...fed.unreadLayers],
    unspoken: [...fed.unspoken],
  };
  await store.snapshots.writeInBackground(SNAPSHOT, {
    version: FORMAT,
    positions: { audit: store.head('audit').position, observations: store.head('observations').position },
    parts: [Buffer.from(JSON.stringify(saved)), ...fed.index.parts()],
  });
}

interface Saved {
  readonly ecosystems: readonly string[];
  readonly used: readonly (readonly [image: string, id: string, content: string])[];
  readonly unreadLayers: readonly (readonly [image: string, why: string])[];
  readonly unspoken: readonly (readonly [image: string, why: string])[];
}
