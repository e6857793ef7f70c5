import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseAnswer, ImageNodeAnswer, InstanceAnswer } from '#model';
import { affectedBy } from '../../image-tree/brute-force.ts';
import { buildImageTree, type ImageTree, type TreeImage } from '../../image-tree/image-tree.ts';
import { osvRecords, type OsvRecord } from '../../image-tree/osv-records.ts';
import type { Recipe } from '../../image-tree/recipes.ts';
import { packagesOfContainer, runImage, type TreeContainer } from '../../image-tree/tree-containers.ts';
import { startPodman, type Podman } from '../../podman/podman.ts';
import { onTermination } from '../../processes/on-termination.ts';
import { startRegistry, type Registry } from '../../registry/registry.ts';
import { askState, eventually, sheer, type Ran } from '../product.ts';
import { declarationOf } from './declaration.ts';
import type { LiveInstance } from './truth.ts';

/** Containers start one by one, on a machine that does other things too. */
const SETTLED_MS_MAX = 120_000;
/** Each image has some 100 MB, on such a machine; or a case is closed. */
const IMAGE_READ_MS_MAX = 20_000;

/** A container of the organisation, and the image of the tree that it was started from. */
export interface Deployed extends TreeContainer {
  readonly image: TreeImage;
  readonly environment: string;
}

/**
 * An organisation with its own images, registry and engine, and a Sheerline that is told of it and
 * asked as people do: by commands of the real program, with a control plane in the background.
 */
export class Organisation {
  readonly registry: Registry;
  readonly tree: ImageTree;
  readonly records: readonly OsvRecord[];
  readonly podman: Podman;
  readonly directory: string;
  /** The images as they were before any rebuild. */
  readonly builtFirst: readonly TreeImage[];
  /** What runs now, by the container's name. */
  readonly deployed = new Map<string, Deployed>();
  /** Images that no engine has, by their names in the tree: an OCI layout does. */
  readonly shelved = new Set<string>();

  private constructor(parts: {
    readonly registry: Registry;
    readonly tree: ImageTree;
    readonly records: readonly OsvRecord[];
    readonly podman: Podman;
    readonly directory: string;
  }) {
    this.registry = parts.registry;
    this.tree = parts.tree;
    this.builtFirst = [...parts.tree.images.values()];
    this.records = parts.records;
    this.podman = parts.podman;
    this.directory = parts.directory;
  }

  /** With all its images pushed, and nothing that runs; `teardown` ends all of it. */
  static async start(recipes: readonly Recipe[], teardown: AsyncDisposableStack): Promise<Organisation> {
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-organisation-'));
    teardown.defer(() => rm(directory, { recursive: true, force: true }));
    const registry = await startRegistry();
    teardown.defer(() => registry.stop());
    const tree = await buildImageTree(registry, recipes);
    teardown.defer(() => tree.stop());
    const podman = await startPodman();
    teardown.defer(() => podman.stop());
    const records = await osvRecords(tree);
    const organisation = new Organisation({ registry, tree, records, podman, directory });
    const down = async (): Promise<void> => void (await organisation.run('down'));
    teardown.defer(down);
    onTermination(down);
    return organisation;
  }

  /** `sheer up --detach`, on the organisation's engine alone, and what is {@link shelved}. */
  async up(): Promise<Ran> {
    const stores = this.shelved.size === 0 ? [] : ['--image-store', this.#shelf];
    const line = ['up', '--detach', '--port', '0', '--engine', 'podman', ...stores];
    return sheer([...line, '--state', this.#state], { DOCKER_HOST: `unix://${this.podman.socketPath}` });
  }

  /** A command of `sheer`, asked of this control plane. */
  run(...line: readonly string[]): Promise<Ran> {
    return sheer([...line, '--state', this.#state]);
  }

  /** The document that a command prints with `--json`. `Answer`: what the command promises. */
  async json<Answer>(...line: readonly string[]): Promise<Answer> {
    const { exit, out, error } = await this.run(...line, '--json');
    // `verify` says by 1 that it is not gone; its document is whole.
    if (exit !== 0 && !(exit === 1 && line[0] === 'verify')) {
      throw new Error(`sheer ${line.join(' ')} ended with ${exit}: ${error}${out}`);
    }
    return JSON.parse(out) as Answer;
  }

  /** The same document without the cost of a process, for asking again and again. */
  async ask<Answer>(path: string): Promise<Answer> {
    return askState<Answer>(this.#state, path);
  }

  /** Brings an image into the engine's store without running it, as building on that machine would. */
  async pull(image: string): Promise<void> {
    await this.podman.command('pull', '--quiet', '--tls-verify=false', this.tree.image(image).reference);
  }

  /** Brings an image into an OCI layout, and into the engine until {@link loseShelved}. */
  async shelve(image: string): Promise<void> {
    await this.pull(image);
    const name = `${image}:1`;
    await this.registry.pull(name, `oci:${this.#shelf}:${this.registry.host}/${name}`);
    this.shelved.add(image);
  }

  /** The engine loses what is {@link shelved}, once the control plane has seen it there. */
  async loseShelved(): Promise<void> {
    const wanted = [...this.shelved].map((name) => this.tree.image(name));
    await eventually('the control plane has seen what is shelved', async () => {
      const known = await this.json<readonly ImageNodeAnswer[]>('images', '--tree');
      return wanted.every(({ id }) => known.some((node) => node.id === id)) ? true : null;
    });
    for (const { reference } of wanted) await this.podman.command('rmi', reference);
  }

  /** Starts a container from what the image's tag names now, in place of the one of that name. */
  async deploy(name: string, image: string, environment: string): Promise<Deployed> {
    await this.remove(name);
    const from = this.tree.image(image);
    const labels = ['--label', `environment=${environment}`];
    const container = await runImage(this.podman, from.reference, name, labels);
    const deployed = { ...container, image: from, environment };
    this.deployed.set(name, deployed);
    return deployed;
  }

  /** Starts one from an image that its tag does not name any more. */
  async deployOld(name: string, image: TreeImage, environment: string): Promise<Deployed> {
    const reference = `${image.reference.slice(0, image.reference.lastIndexOf(':'))}@${image.digest}`;
    const labels = ['--label', `environment=${environment}`];
    const container = await runImage(this.podman, reference, name, labels);
    const deployed = { ...container, image, environment };
    this.deployed.set(name, deployed);
    return deployed;
  }

  async remove(name: string): Promise<void> {
    if (!this.deployed.delete(name)) return;
    await this.podman.command('rm', '--force', '--time', '0', name);
  }

  /** Installs the newest version of a Debian package in a running container, as people do who can't wait for an image. */
  async upgradeInside(name: string, debianPackage: string): Promise<void> {
    const directory = await mkdtemp(join(this.directory, 'upgrade-'));
    await this.tree.mirror.run('secured', ['apt-get', '-q', 'download', debianPackage], directory);
    for (const file of await readdir(directory)) {
      await this.podman.command('cp', join(directory, file), `${name}:/tmp/upgrade.deb`);
      await this.podman.command('exec', name, 'dpkg', '--install', '/tmp/upgrade.deb');
    }
  }

  /** Of a Debian source package, the records that affect what was built first. */
  recordsOf(source: string): readonly [OsvRecord, OsvRecord, ...OsvRecord[]] {
    const [first, second, ...others] = this.records.filter(
      (record) =>
        record.affected.length === 1 &&
        record.affected.every((each) => each.package.name === source) &&
        this.builtFirst.some(({ packages }) => affectedBy(record, packages).length > 0),
    );
    if (first === undefined || second === undefined) throw new Error(`too few records of ${source}`);
    return [first, second, ...others];
  }

  /** What lies in every root file system at this moment, by dpkg. */
  liveInstances(): Promise<readonly LiveInstance[]> {
    return Promise.all(
      [...this.deployed.values()].map(async (container) => {
        const { id, image, environment } = container;
        return { id, image, environment, packages: await packagesOfContainer(container) };
      }),
    );
  }

  /** The tree, once what each image holds is known. */
  everyImageRead(): Promise<readonly ImageNodeAnswer[]> {
    return eventually(
      'every image was read',
      async () => {
        const all = await this.json<readonly ImageNodeAnswer[]>('images', '--tree');
        return all.every(({ packages }) => packages !== null) ? all : null;
      },
      this.tree.images.size * IMAGE_READ_MS_MAX,
    );
  }

  /** Until the control plane knows exactly what runs. */
  async settled(): Promise<void> {
    const wanted = [...this.deployed.values()].map(({ id }) => id).toSorted();
    await eventually(
      'the control plane knows what runs',
      async () => {
        const known = await this.json<readonly InstanceAnswer[]>('instances');
        const found = known.map(({ id }) => id.slice('container/'.length)).toSorted();
        return JSON.stringify(found) === JSON.stringify(wanted) ? true : null;
      },
      SETTLED_MS_MAX,
    );
  }

  /** Until these are the open cases and no others. @throws Error with what is known of one that should not be */
  async onlyOpen(expected: readonly string[]): Promise<void> {
    const names = expected.toSorted().join(' ');
    let open: readonly string[] = [];
    await eventually(
      'the open cases are those of what runs',
      async () => {
        const cases = await this.json<readonly CaseAnswer[]>('cases');
        open = cases.map(({ vulnerability }) => vulnerability).toSorted();
        return open.join(' ') === names ? true : null;
      },
      this.tree.images.size * IMAGE_READ_MS_MAX,
    ).catch(async (cause: unknown) => {
      const wrong = open.find((each) => !expected.includes(each)) ?? '';
      const seen = [await this.run('case', wrong), await this.run('verify', wrong)];
      const told = seen.map(({ out, error }) => out + error).join('\n');
      throw new Error(`open: ${open.join(' ')}; expected: ${names}\n${told}`, { cause });
    });
  }

  /** Teams, environments, services, deadlines, and the sources of the images. */
  async declare(): Promise<Ran> {
    const file = join(this.directory, 'sheer.yaml');
    await writeFile(file, declarationOf([...this.tree.images.values()]));
    return this.run('declare', file, '--yes');
  }

  get #state(): string {
    return join(this.directory, 'state');
  }

  get #shelf(): string {
    return join(this.directory, 'shelf');
  }
}
