import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { OCI_MANIFEST } from '../registry/fake-registry.ts';
import { OciLayout } from '../registry/oci-layout.ts';
import type { Registry } from '../registry/registry.ts';
import { alone } from './alone.ts';
import { BuildCache, type BuiltImage } from './build-cache.ts';
import { findMirror, type PackageMirror, type Suite } from './package-mirror.ts';
import type { Recipe } from './recipes.ts';

/** One image of the tree as it lies in the registry. */
export interface TreeImage extends BuiltImage {
  readonly recipe: Recipe;
  /** `127.0.0.1:PORT/language/python:1`. */
  readonly reference: string;
  /** Of its manifest in the registry. */
  readonly digest: string;
  /** Holds its Containerfile, with the references of its bases: what `images:` in sheer.yaml would name. */
  readonly context: string;
  readonly suite: Suite;
}

export interface Rebuild {
  readonly name: string;
  /** By a step of its own, for an image whose base is not rebuilt. */
  readonly upgrade?: boolean;
}

export interface ImageTree {
  readonly mirror: PackageMirror;
  /** Where changelogs that were read are kept. */
  readonly changelogs: string;
  /** As they are now, parents first. */
  readonly images: ReadonlyMap<string, TreeImage>;
  image(name: string): TreeImage;
  /**
   * Builds these images with what the security team fixed, on the newest of their bases, in this order,
   * and pushes them under the same names.
   */
  rebuild(chosen: readonly Rebuild[]): Promise<void>;
  stop(): Promise<void>;
}

/** Where what was built is kept: 100 MB for eight images, below 1 GB for thirty. */
const cacheDirectory = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sheerline', 'image-tree');

/**
 * Builds the tree from Debian's packages, or takes it from the cache, and pushes it. Takes root, and
 * Debian's `buildah skopeo debootstrap`.
 */
export async function buildImageTree(registry: Registry, recipes: readonly Recipe[]): Promise<ImageTree> {
  const cache = cacheDirectory();
  await mkdir(cache, { recursive: true });
  const mirror = await alone(cache, () => findMirror(join(cache, 'apt')));
  const directory = await mkdtemp(join(tmpdir(), 'sheerline-tree-'));
  const tree = new PushedTree(registry, mirror, new BuildCache(cache, mirror), directory);
  try {
    await tree.add(recipes.map((recipe) => ({ recipe, suite: 'frozen', upgrade: false })));
    return tree;
  } catch (error) {
    await tree.stop();
    throw error;
  }
}

interface Planned {
  readonly recipe: Recipe;
  readonly suite: Suite;
  readonly upgrade: boolean;
}

class PushedTree implements ImageTree {
  readonly mirror: PackageMirror;
  readonly changelogs: string;
  readonly images = new Map<string, TreeImage>();
  readonly #registry: Registry;
  readonly #cache: BuildCache;
  readonly #directory: string;
  #pushes = 0;

  constructor(registry: Registry, mirror: PackageMirror, cache: BuildCache, directory: string) {
    this.#registry = registry;
    this.mirror = mirror;
    this.#cache = cache;
    this.changelogs = join(cache.directory, 'changelogs');
    this.#directory = directory;
  }

  image(name: string): TreeImage {
    const image = this.images.get(name);
    if (image === undefined) throw new Error(`no image of the tree is called ${name}`);
    return image;
  }

  rebuild(chosen: readonly Rebuild[]): Promise<void> {
    return this.add(
      chosen.map(({ name, upgrade = false }) => ({
        recipe: this.image(name).recipe,
        suite: 'secured',
        upgrade,
      })),
    );
  }

  async add(planned: readonly Planned[]): Promise<void> {
    for (const plan of planned) {
      const { parent, copiesFrom } = plan.recipe;
      const names = parent === null ? copiesFrom : [parent, ...copiesFrom];
      const from = new Map(names.map((name) => [name, this.image(name)]));
      const built = await alone(this.#cache.directory, () => this.#cache.build({ ...plan, from }));
      this.images.set(plan.recipe.name, await this.#push(plan, built));
    }
    await this.#cache.close();
  }

  async stop(): Promise<void> {
    await this.#cache.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #push({ recipe, suite }: Planned, built: BuiltImage): Promise<TreeImage> {
    const directory = join(this.#directory, `push-${++this.#pushes}`);
    const layout = await OciLayout.create(join(directory, 'layout'));
    for (const { digest } of [built.manifest.config, ...built.manifest.layers]) {
      const path = digest.split(':');
      const link = symlink(join(this.#cache.blobs, ...path), join(layout.directory, 'blobs', ...path));
      await link.catch(ignoreTwice);
    }
    const annotations = this.#annotations(recipe);
    const { config, layers } = built.manifest;
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers, annotations };
    const descriptor = await layout.blob(manifest, OCI_MANIFEST);
    const name = `${recipe.name}:1`;
    await this.#registry.push(await layout.name(descriptor, 'image'), name, ['--preserve-digests']);
    const context = await this.#writeContext(recipe, directory);
    const reference = `${this.#registry.host}/${name}`;
    return { ...built, recipe, suite, reference, digest: descriptor.digest, context };
  }

  #annotations({ parent, annotated }: Recipe): Readonly<Record<string, string>> {
    if (parent === null || !annotated) return {};
    const { reference, digest } = this.image(parent);
    return {
      'org.opencontainers.image.base.name': reference,
      'org.opencontainers.image.base.digest': digest,
    };
  }

  async #writeContext({ containerfile }: Recipe, directory: string): Promise<string> {
    const context = join(directory, 'context');
    await mkdir(context);
    const text = containerfile.replaceAll(/\{([^}]+)\}/g, (_, name: string) => this.image(name).reference);
    await writeFile(join(context, 'Containerfile'), text);
    return context;
  }
}

/** An image may have the same, empty layer twice. */
function ignoreTwice(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
