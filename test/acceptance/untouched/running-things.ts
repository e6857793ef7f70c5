import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUSYBOX_IMAGE, type Podman, type PodmanNetwork } from '../../podman/podman.ts';

/** A container as it was started, and what the product should make of it. */
export interface ThingContainer {
  readonly name: string;
  readonly image: string;
  /** Id of the service that it belongs to: `environment/application/name`. */
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Null: it uses the host's network. */
  readonly ip: string | null;
}

export interface ThingProcess {
  readonly pid: number;
  readonly directory: string;
  /** Null: it does not listen, so nobody needs to know it. */
  readonly port: number | null;
}

const SHOP_IMAGE = 'localhost/sheerline-shop:2';

/** What runs on a machine before Sheerline comes: ten containers and some processes. */
export class RunningThings {
  readonly podman: Podman;
  readonly network: PodmanNetwork;
  readonly containers: readonly ThingContainer[];
  readonly #children: ChildProcess[] = [];
  readonly #processes: ThingProcess[] = [];
  readonly #directories: string[] = [];

  private constructor(podman: Podman, network: PodmanNetwork) {
    this.podman = podman;
    this.network = network;
    this.containers = containersIn(network);
  }

  static async start(podman: Podman): Promise<RunningThings> {
    await podman.buildImage(BUSYBOX_IMAGE);
    await podman.buildImage(SHOP_IMAGE, { 'org.opencontainers.image.version': '2' });
    const things = new RunningThings(podman, await podman.createNetwork());
    try {
      for (const container of things.containers) await things.#startContainer(container);
      for (const isServer of [true, true, false]) await things.#startProcess(isServer);
    } catch (error) {
      await things.end();
      throw error;
    }
    return things;
  }

  get processes(): readonly ThingProcess[] {
    return this.#processes;
  }

  /** Ends the processes; containers end with their podman. */
  async end(): Promise<void> {
    for (const child of this.#children) {
      const exited = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      else continue;
      await exited;
    }
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true });
  }

  async #startContainer({ name, image, labels, ip }: ThingContainer): Promise<void> {
    const network = ip === null ? ['--network', 'host'] : ['--network', this.network.name, '--ip', ip];
    const labelled = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
    await this.podman.command(
      'run',
      '--detach',
      '--name',
      name,
      ...network,
      ...labelled,
      image,
      'sleep',
      '3600',
    );
  }

  async #startProcess(isServer: boolean): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-thing-'));
    this.#directories.push(directory);
    await mkdir(join(directory, 'data'));
    for (const name of ['settings.ini', 'data/table']) await writeFile(join(directory, name), 'as it was\n');
    const child = spawn(process.execPath, ['-e', isServer ? SERVER : IDLER], {
      cwd: directory,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    const [said] = await once(child.stdout, 'data');
    const port = Number(String(said));
    this.#processes.push({ pid: child.pid ?? 0, directory, port: isServer ? port : null });
  }
}

const SERVER = `
  const server = require('node:http').createServer((_, response) => response.end('ok'));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

const IDLER = `console.log(0); setInterval(() => {}, 60_000);`;

/** Of a Compose project, of Kubernetes labels, and without any. */
function containersIn(network: PodmanNetwork): readonly ThingContainer[] {
  const composed = [
    ['web', 3],
    ['api', 2],
    ['worker', 2],
  ] as const;
  const shop = composed.flatMap(([service, replicas]) =>
    Array.from({ length: replicas }, (_, index) => ({
      name: `shop-${service}-${index + 1}`,
      image: SHOP_IMAGE,
      service: `default/shop/${service}`,
      labels: {
        'com.docker.compose.project': 'shop',
        'com.docker.compose.service': service,
        'com.docker.compose.container-number': String(index + 1),
      },
    })),
  );
  const others = [
    {
      name: 'ledger-7d4b9',
      image: BUSYBOX_IMAGE,
      service: 'default/books/ledger',
      labels: { 'app.kubernetes.io/name': 'ledger', 'app.kubernetes.io/part-of': 'books' },
    },
    { name: 'cache-1', image: BUSYBOX_IMAGE, service: 'default/default/cache', labels: {} },
  ];
  const addressed = [...shop, ...others].map((container, index) => ({
    ...container,
    ip: network.address(index + 2),
  }));
  const onHost = {
    name: 'agent',
    image: BUSYBOX_IMAGE,
    service: 'default/default/agent',
    labels: {},
    ip: null,
  };
  return [...addressed, onHost];
}
