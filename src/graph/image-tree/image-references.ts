import { parseImageName } from '../derive/image-name.ts';
import type { TreeImage } from './image-tree.ts';

/** Registries in which Docker and Podman look for a name without one, or under which they keep it. */
const DEFAULT_REGISTRIES: readonly string[] = ['docker.io', 'localhost'];

/** Finds images by what people and annotations call them. */
export class ImageReferences {
  /** Every digest that stands for an image: its config's, its manifests', its indexes'. */
  readonly #byDigest = new Map<string, string>();
  /** `registry/repository:tag`; newest first. */
  readonly #byName = new Map<string, TreeImage[]>();
  /** `/repository:tag`, in whatever registry. */
  readonly #byShortName = new Map<string, TreeImage[]>();

  constructor(images: readonly TreeImage[]) {
    for (const image of images) {
      for (const digest of image.data.digests) this.#byDigest.set(digestOf(digest), image.id);
      for (const name of image.data.names) {
        const { registry, repository, tag } = canonical(name);
        add(this.#byName, `${registry}/${repository}:${tag}`, image);
        add(this.#byShortName, `${repository}:${tag}`, image);
      }
    }
    // A config digest is the image itself, whatever others claim it to be an alias of.
    for (const { id } of images) this.#byDigest.set(id, id);
  }

  /** The config digest that a config's, manifest's or index's digest stands for; null: nobody has it. */
  imageOfDigest(digest: string): string | null {
    return this.#byDigest.get(digestOf(digest)) ?? null;
  }

  /**
   * Images that a reference may mean, newest first. A digest in it decides alone. Without a registry
   * it means the default ones', or one in another registry if there is no doubt which.
   */
  imagesOf(reference: string): readonly string[] {
    const at = reference.indexOf('@');
    if (at >= 0 || reference.startsWith('sha256:')) {
      const found = this.imageOfDigest(reference.slice(at + 1));
      return found === null ? [] : [found];
    }
    const { registry, repository, tag } = canonical(reference);
    for (const tried of registry === '' ? ['', ...DEFAULT_REGISTRIES] : [registry]) {
      const found = this.#byName.get(`${tried}/${repository}:${tag}`);
      if (found !== undefined) return idsOf(found);
    }
    const others = registry === '' ? (this.#byShortName.get(`${repository}:${tag}`) ?? []) : [];
    return registriesOf(others, repository, tag).size === 1 ? idsOf(others) : [];
  }

  /** What a declared name is compared by: without its tag. */
  repositoryOf(name: string): string {
    const { registry, repository } = canonical(name);
    return `${registry}/${repository}`;
  }

  /** The declared names that mean an image with this name, the most exact first. */
  repositoriesOf(name: string): readonly string[] {
    const { registry, repository } = canonical(name);
    return [`${registry}/${repository}`, `/${repository}`];
  }
}

function registriesOf(images: readonly TreeImage[], repository: string, tag: string): ReadonlySet<string> {
  const names = images.flatMap(({ data }) => data.names.map(canonical));
  const called = names.filter((name) => name.repository === repository && name.tag === tag);
  return new Set(called.map(({ registry }) => registry));
}

function digestOf(digest: string): string {
  return digest.slice(digest.indexOf('@') + 1);
}

/** Docker's own short forms written out: `redis` is `redis:latest`, and `library/redis` is `redis`. */
function canonical(reference: string): { registry: string; repository: string; tag: string } {
  const { registry, repository, tag } = parseImageName(reference);
  return {
    registry: registry === 'index.docker.io' ? 'docker.io' : registry,
    repository: repository.replace(/^library\//, ''),
    tag: tag === '' ? 'latest' : tag,
  };
}

function add(map: Map<string, TreeImage[]>, key: string, image: TreeImage): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [image]);
  else if (!known.includes(image)) known.push(image);
}

function idsOf(images: readonly TreeImage[]): readonly string[] {
  return images
    .toSorted(
      (left, right) => (right.data.created ?? 0) - (left.data.created ?? 0) || (left.id < right.id ? -1 : 1),
    )
    .map(({ id }) => id);
}
