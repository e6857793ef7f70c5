import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeStore, writeConfiguration } from '../podman/configuration.ts';
import { onTermination } from '../processes/on-termination.ts';
import { RELEASE, type PackageMirror, type Suite } from './package-mirror.ts';
import type { Recipe } from './recipes.ts';
import { packagesOfRoot, type TruePackage } from './root-packages.ts';

const execute = promisify(execFile);

/** Changed when what is built, or how it is kept, is no longer what lies in caches. */
const FORMAT = 3;

/** One image as it was built, whatever registry it goes to. */
export interface BuiltImage {
  readonly key: string;
  /** Config digest. */
  readonly id: string;
  /** An OCI layout whose blobs lie in {@link BuildCache.blobs}. */
  readonly layout: string;
  readonly manifest: StoredManifest;
  readonly diffIds: readonly string[];
  /** What lies in its root file system. */
  readonly packages: readonly TruePackage[];
}

export interface StoredManifest {
  readonly config: { readonly digest: string; readonly size: number; readonly mediaType: string };
  readonly layers: readonly { readonly digest: string; readonly size: number; readonly mediaType: string }[];
}

export interface BuildStep {
  readonly recipe: Recipe;
  readonly suite: Suite;
  /** Fixes what its parent did not: a step of its own that upgrades what is there. */
  readonly upgrade: boolean;
  /** By name: its parent, and what it copies from. */
  readonly from: ReadonlyMap<string, BuiltImage>;
}

/**
 * Builds images with buildah from Containerfiles, each once: what was built lies in a directory outside
 * of the checkout, known by everything that it was made from.
 */
export class BuildCache {
  readonly directory: string;
  readonly #mirror: PackageMirror;
  #store: OwnStore | null = null;

  constructor(directory: string, mirror: PackageMirror) {
    this.directory = directory;
    this.#mirror = mirror;
  }

  get blobs(): string {
    return join(this.directory, 'blobs');
  }

  async build(step: BuildStep): Promise<BuiltImage> {
    const key = this.#keyOf(step);
    const entry = join(this.directory, 'images', key);
    if (!(await exists(entry))) await this.#make(step, entry, key);
    return this.#read(entry, key);
  }

  /** Removes the store that was built in; what is cached stays. */
  async close(): Promise<void> {
    await this.#store?.remove();
    this.#store = null;
  }

  #keyOf({ recipe, suite, upgrade, from }: BuildStep): string {
    const { name, containerfile, vendored } = recipe;
    const parents = [...from].map(([each, built]) => `${each} ${built.key}`).toSorted();
    const state = this.#mirror.stateOf(suite);
    const parts = { FORMAT, name, containerfile, vendored, upgrade, parents, state };
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  }

  async #make(step: BuildStep, entry: string, key: string): Promise<void> {
    const store = (this.#store ??= await OwnStore.create());
    for (const built of step.from.values()) await store.load(built, this.blobs);
    const context = await mkdtemp(join(store.directory, 'context-'));
    await this.#fillContext(step, context);
    const image = store.nameOf(key);
    await store.command('build', [
      ...['--quiet', '--isolation', 'chroot', '--network', 'host', '--format', 'oci', '--pull-never'],
      ...(step.recipe.parent === null ? ['--squash'] : []),
      ...this.#mirror.volumes(step.suite).flatMap((volume) => ['--volume', volume]),
      ...['--tag', image, '--file', join(context, 'Containerfile'), context],
    ]);
    const packages = await store.inRoot(image, packagesOfRoot);
    // Renamed when it is whole, so that whoever finds one finds a whole one.
    await mkdir(join(this.directory, 'images'), { recursive: true });
    const fresh = await mkdtemp(join(this.directory, 'fresh-'));
    await store.save(image, join(fresh, 'layout'), this.blobs);
    await writeFile(join(fresh, 'packages.json'), JSON.stringify(packages));
    await rename(fresh, entry).catch(() => rm(fresh, { recursive: true }));
    await rm(context, { recursive: true, force: true });
  }

  async #fillContext({ recipe, upgrade, from }: BuildStep, context: string): Promise<void> {
    const named = recipe.containerfile.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
      // A step brings everything that its Containerfile names.
      this.#store!.nameOf(from.get(name)!.key),
    );
    const extra = upgrade ? 'RUN apt-get -q update && apt-get -q -y upgrade\n' : '';
    await writeFile(join(context, 'Containerfile'), `${named}${extra}`);
    if (recipe.parent === null) await execute('cp', [await this.#baseArchive(), join(context, 'root.tar')]);
    for (const name of recipe.vendored) {
      await this.#mirror.run('frozen', ['apt-get', '-q', 'download', name], context);
      await execute('sh', ['-c', 'dpkg -x "$1"_*.deb vendor && rm "$1"_*.deb', 'sh', name], { cwd: context });
    }
  }

  /** The smallest root file system of the release: the same for both suites. */
  async #baseArchive(): Promise<string> {
    const archive = join(this.directory, `root-${this.#mirror.stateOf('frozen').slice(0, 32)}.tar`);
    if (await exists(archive)) return archive;
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-base-'));
    try {
      const parameters = ['--variant=minbase', RELEASE, directory, this.#mirror.uri];
      await execute('debootstrap', parameters, { maxBuffer: 64 * 1024 * 1024 }).catch((cause: unknown) => {
        throw new Error('debootstrap failed, or is not installed: apt-get install -y debootstrap', { cause });
      });
      const without = ['dev/*', 'var/lib/apt/lists/*', 'var/cache/apt/*.bin', 'var/cache/apt/archives/*.deb'];
      const fresh = `${archive}.${process.pid}`;
      await execute('tar', [
        ...['-C', directory, ...without.map((path) => `--exclude=./${path}`)],
        ...['-cf', fresh, '.'],
      ]);
      await rename(fresh, archive);
      return archive;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #read(entry: string, key: string): Promise<BuiltImage> {
    const layout = join(entry, 'layout');
    const index = await readJson<{ readonly manifests: readonly { readonly digest: string }[] }>(
      join(layout, 'index.json'),
    );
    const manifest = await readJson<StoredManifest>(this.#blob(index.manifests[0]?.digest ?? ''));
    const config = await readJson<{ readonly rootfs: { readonly diff_ids: readonly string[] } }>(
      this.#blob(manifest.config.digest),
    );
    const packages = await readJson<readonly TruePackage[]>(join(entry, 'packages.json'));
    return { key, id: manifest.config.digest, layout, manifest, diffIds: config.rootfs.diff_ids, packages };
  }

  #blob(digest: string): string {
    return join(this.blobs, ...digest.split(':'));
  }
}

/** buildah's images of one run, in a temporary directory. */
class OwnStore {
  readonly directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #loaded = new Set<string>();

  private constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.#environment = environment;
  }

  static async create(): Promise<OwnStore> {
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-build-'));
    const store = new OwnStore(directory, await writeConfiguration(directory));
    onTermination(() => store.remove());
    return store;
  }

  nameOf(key: string): string {
    return `localhost/${key}:1`;
  }

  async command(command: string, parameters: readonly string[], program = 'buildah'): Promise<string> {
    const { stdout } = await execute(program, [command, ...parameters], {
      maxBuffer: 64 * 1024 * 1024,
      env: this.#environment,
    }).catch((cause: unknown) => {
      throw new Error(`${program} failed, or is not installed: apt-get install -y buildah skopeo`, { cause });
    });
    return stdout.trim();
  }

  async load({ key, layout }: BuiltImage, blobs: string): Promise<void> {
    if (this.#loaded.has(key)) return;
    const from = ['--insecure-policy', '--src-shared-blob-dir', blobs, `oci:${layout}`];
    await this.command('copy', [...from, `containers-storage:${this.nameOf(key)}`], 'skopeo');
    this.#loaded.add(key);
  }

  async save(image: string, layout: string, blobs: string): Promise<void> {
    const to = ['--insecure-policy', '--dest-shared-blob-dir', blobs];
    await this.command('copy', [...to, `containers-storage:${image}`, `oci:${layout}`], 'skopeo');
    this.#loaded.add(image.slice('localhost/'.length, -':1'.length));
  }

  async inRoot<T>(image: string, look: (root: string) => Promise<T>): Promise<T> {
    const container = await this.command('from', ['--pull-never', image]);
    try {
      return await look(await this.command('mount', [container]));
    } finally {
      await this.command('rm', [container]);
    }
  }

  async remove(): Promise<void> {
    await removeStore(this.directory);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function readJson<T>(path: string): Promise<T> {
  // Written by ourselves, or by skopeo.
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
