import type { OriginAnswer } from '#model';
import {
  buildImageTree,
  everSaid,
  lastStatement,
  packageOrigin,
  type Graph,
  type ImageNode,
  type ImageTree,
  type TreeImage,
} from '#graph';
import type { ListBook } from '../lists/list-book.ts';
import { copySource } from './copy-source.ts';
import type { RunningNow } from '../running/running-now.ts';
import type { SubjectIds } from '../subject-ids.ts';

interface Built {
  readonly tree: ImageTree;
  readonly images: ReadonlyMap<string, TreeImage>;
  readonly byName: ReadonlyMap<string, readonly string[]>;
  /** Without tags and digests. */
  readonly byRepository: ReadonlyMap<string, readonly string[]>;
  /** By config digest: filled when answers need it. */
  readonly described: Map<string, DescribedImage>;
  readonly ranks: ReadonlyMap<ImageNode, number>;
}

/** What answers say of an image again and again, until anything is said of any image. */
export interface DescribedImage {
  /** Its place among all images, by name. */
  readonly rank: number;
  /** `"id":…,"name":…,"team":…` */
  readonly json: string;
  /** JSON of who brought in what is in a layer; null: something is copied in, so that paths tell. */
  readonly origins: Map<number | null, string> | null;
}

export interface ImageBookOptions {
  readonly graph: Graph;
  readonly ids: SubjectIds;
  readonly running: RunningNow;
}

/** A package in an image, the layer that brought it in, and the file that says so. */
export interface HeldPackage {
  readonly layer: number | null;
  readonly path: string | null;
  readonly purl: string;
}

/** The tree of all images that were ever seen or declared, built anew when one is there that was not. */
export class ImageBook {
  readonly #options: ImageBookOptions;
  #built: Built | null = null;

  constructor(options: ImageBookOptions) {
    this.#options = options;
  }

  /** Something was said of an image or of a build source. */
  forget(): void {
    this.#built = null;
  }

  get tree(): ImageTree {
    return this.#build().tree;
  }

  node(id: string): ImageNode | null {
    return this.tree.node(id);
  }

  /** Config digests of images that have exactly this name, or this digest. */
  named(name: string): readonly string[] {
    const { tree, byName } = this.#build();
    const found = byName.get(name) ?? [];
    if (found.length > 0) return found;
    const id = tree.node(name)?.id ?? tree.node(name.slice(name.indexOf('@') + 1))?.id ?? null;
    return id === null ? [] : [id];
  }

  /** What is known of an image; null: it was only ever named. */
  details(id: string): TreeImage['data'] | null {
    return this.#build().images.get(id)?.data ?? null;
  }

  /** Config digests of the images in the repositories that this one is in, or was. */
  inRepositoriesOf(id: string): readonly string[] {
    const { byRepository, images } = this.#build();
    const image = images.get(id);
    const names = [...(image?.data.names ?? []), ...(image?.earlierNames ?? [])];
    return [...new Set(names.flatMap((name) => byRepository.get(repositoryOf(name)) ?? []))];
  }

  nameOf(id: string): string {
    return this.node(id)?.name ?? id;
  }

  describe(id: string): DescribedImage {
    const { tree, ranks, described } = this.#build();
    const known = described.get(id);
    if (known !== undefined) return known;
    const node = tree.node(id);
    const told = { id, name: node?.name ?? id, team: node?.source?.owner ?? null };
    const about: DescribedImage = {
      rank: node === null ? ranks.size : (ranks.get(node) ?? ranks.size),
      json: JSON.stringify(told).slice(1, -1),
      origins: (node?.copies.length ?? 0) > 0 ? null : new Map(),
    };
    described.set(id, about);
    return about;
  }

  /** Where a package came into an image. */
  originOf(image: string, held: HeldPackage, lists: Pick<ListBook, 'holds'>): OriginAnswer {
    const { layer, purl } = held;
    const node = this.node(image);
    if (node === null) return { kind: 'unknown', image: null, imageName: null, layer, instruction: null };
    const origin = packageOrigin(this.tree, node, held);
    const { kind } = origin;
    if (kind !== 'copied')
      return { kind, image: origin.image.id, imageName: origin.image.name, layer, instruction: null };
    const source = copySource(origin.from, (other) => lists.holds(other, purl));
    return source.kind === 'image'
      ? { kind, image: source.key, imageName: source.name, layer, instruction: null }
      : {
          kind,
          image: node.id,
          imageName: `stage ${source.stage} of ${node.name}`,
          layer,
          instruction: null,
        };
  }

  #build(): Built {
    if (this.#built !== null) return this.#built;
    const { graph, ids, running } = this.#options;
    const images = new Map<string, TreeImage>();
    // The same layers are in many images: of 50,000 it saves 26 MB.
    const layers = new Map<string, string>();
    for (const id of ids.of('image')) {
      const subject = graph.facts.subject('image', id);
      const data = subject < 0 ? null : (lastStatement<'image'>(graph.facts, subject)?.data ?? null);
      if (data === null) continue;
      const diffIds = data.diffIds.map((layer) => layers.getOrInsert(layer, layer));
      const named = withNames({ ...data, diffIds }, running.namesOf(id));
      images.set(id, { id, data: named, earlierNames: earlierNames(graph, subject, named.names) });
    }
    for (const id of running.images()) {
      // The engine removed it, or never told of it.
      if (!images.has(id)) images.set(id, { id, data: withNames(NOTHING, running.namesOf(id)) });
    }
    const sources = [...ids.of('build-source')].flatMap((id) => graph.one('build-source', id)?.data ?? []);
    const [byName, byRepository] = [new Map<string, string[]>(), new Map<string, string[]>()];
    for (const { id, data } of images.values()) {
      for (const name of data.names) {
        add(byName, name, id);
        add(byRepository, repositoryOf(name), id);
      }
    }
    const tree = buildImageTree([...images.values()], sources);
    const ranks = new Map(tree.nodes.map((node, rank) => [node, rank]));
    return (this.#built = { tree, images, byName, byRepository, ranks, described: new Map() });
  }
}

function add(map: Map<string, string[]>, key: string, id: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [id]);
  else known.push(id);
}

/** `registry:5000/shop/web:2@sha256:…` → `registry:5000/shop/web` */
function repositoryOf(name: string): string {
  return name.replace(/@.*$/, '').replace(/:[^:/]+$/, '');
}

/** The tags of an image move on to newer ones, and its instances stay, or are started again by its digest. */
function earlierNames(graph: Graph, subject: number, names: readonly string[]): readonly string[] {
  const earlier = new Set<string>();
  for (const data of everSaid<'image'>(graph.facts, subject))
    for (const name of data.names) earlier.add(name);
  for (const name of names) earlier.delete(name);
  return [...earlier];
}

const NOTHING: TreeImage['data'] = { names: [], digests: [], diffIds: [], labels: {}, created: null };

function withNames(data: TreeImage['data'], started: ReadonlySet<string>): TreeImage['data'] {
  const others = [...started].filter((name) => !data.names.includes(name));
  return others.length === 0 ? data : { ...data, names: [...data.names, ...others] };
}
