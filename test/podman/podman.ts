import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { demandShortPath, removeStore, writeConfiguration } from './configuration.ts';
import { freeSubnet, networkConfiguration } from './network.ts';
import { importBusybox } from './root-file-system.ts';
import { onTermination } from '../processes/on-termination.ts';

const execute = promisify(execFile);

/** What every image of {@link Podman.buildImage} is called, unless it is given another name. */
export const BUSYBOX_IMAGE = 'localhost/sheerline-busybox:1';

export interface PodmanNetwork {
  readonly name: string;
  /** The network interface of its bridge. */
  readonly bridge: string;
  /** IPv4, `/27` unless asked otherwise. */
  readonly subnet: string;
  readonly gateway: string;
  readonly subnet6: string | null;
  /** The n-th host address of the IPv4 subnet; 1 is the gateway. */
  address(n: number): string;
}

/**
 * A podman of one test file's own: its own image store, run directory, event log, lock files,
 * network definitions and API socket below one temporary directory, so that any number of test
 * files can use podman at the same time and none sees another's containers.
 *
 * - An own store costs nothing: importing a busybox image takes 0.2 s.
 * - Locks are files (`lock_type = "file"`): podman's shared-memory locks are one set for the whole
 *   machine, and a second store would hand out locks that the first one uses.
 * - Bridges and subnets are the machine's, whatever the store: networks get random interface
 *   names, and subnets that no route of the machine covers.
 * - `ipam.db` and aardvark-dns lie in /run/containers/networks for all stores alike; they are keyed
 *   by network name, which is random too.
 */
export interface Podman {
  readonly directory: string;
  /** The API socket; served from {@link startPodman} until {@link Podman.stopService}. */
  readonly socketPath: string;
  /** Variables with which podman, buildah and child processes use this store. */
  readonly environment: NodeJS.ProcessEnv;
  /** `podman ARGS…`; its standard output, trimmed. Rejects with its standard error. */
  command(...parameters: readonly string[]): Promise<string>;
  /** A busybox image with these labels. */
  buildImage(name?: string, labels?: Readonly<Record<string, string>>): Promise<string>;
  createNetwork(options?: {
    readonly prefix?: number;
    readonly ipv6?: boolean;
    readonly dns?: boolean;
  }): Promise<PodmanNetwork>;
  startService(): Promise<void>;
  stopService(signal?: NodeJS.Signals): Promise<void>;
  /** The process that serves the API. */
  readonly servicePid: number | null;
  /** Removes every container, the service and all files. Never throws for what is already gone. */
  stop(): Promise<void>;
}

/**
 * Starts one. Needs root and Debian's `podman runc netavark aardvark-dns iptables busybox-static`.
 * @throws Error that names the packages, when podman is not installed; when TMPDIR is too long a path.
 */
export async function startPodman(): Promise<Podman> {
  demandShortPath(join(tmpdir(), 'podman-XXXXXX'));
  await demandPodman();
  const directory = await mkdtemp(join(tmpdir(), 'podman-'));
  const environment = await writeConfiguration(directory);
  const podman = new OwnPodman(directory, environment);
  onTermination(() => podman.stop());
  await podman.startService().catch(async (error: unknown) => {
    await podman.stop();
    throw error;
  });
  return podman;
}

/** Containers that share the network of one that shares the network of one. */
const CONTAINER_DEPTH_MAX = 5;

class OwnPodman implements Podman {
  readonly directory: string;
  readonly socketPath: string;
  readonly environment: NodeJS.ProcessEnv;
  #service: ChildProcess | null = null;

  constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.socketPath = join(directory, 'podman.sock');
    this.environment = environment;
  }

  get servicePid(): number | null {
    return this.#service?.pid ?? null;
  }

  async command(...parameters: readonly string[]): Promise<string> {
    const { stdout } = await execute('podman', parameters, {
      env: this.environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  }

  async buildImage(name = BUSYBOX_IMAGE, labels: Readonly<Record<string, string>> = {}): Promise<string> {
    await importBusybox(this.directory, labels, (...source) =>
      this.command('import', '--quiet', ...source, name),
    );
    return name;
  }

  async createNetwork(
    options: { readonly prefix?: number; readonly ipv6?: boolean; readonly dns?: boolean } = {},
  ): Promise<PodmanNetwork> {
    const network = await freeSubnet(options.prefix ?? 27, options.ipv6 ?? false);
    const definition = networkConfiguration(network, options.dns ?? true);
    await writeFile(join(this.directory, 'networks', `${network.name}.json`), JSON.stringify(definition));
    return network;
  }

  async startService(): Promise<void> {
    const service = spawn('podman', ['system', 'service', '--time=0', `unix://${this.socketPath}`], {
      env: this.environment,
      stdio: 'ignore',
    });
    this.#service = service;
    for (let attempt = 0; attempt < 600; attempt++) {
      if (service.exitCode !== null) throw new Error(`podman system service ended with ${service.exitCode}`);
      if (await exists(this.socketPath)) return;
      await delay(25);
    }
    throw new Error('podman system service did not open its socket within 15 s');
  }

  async stopService(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const service = this.#service;
    this.#service = null;
    if (service === null || service.exitCode !== null || service.signalCode !== null) return;
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill(signal);
    await ended;
    await rm(this.socketPath, { force: true });
  }

  async stop(): Promise<void> {
    await this.#removeContainers();
    await this.stopService('SIGKILL');
    await this.#awaitCleanup();
    await removeStore(this.directory);
  }

  /** A container in another's network can only be removed before that other one. */
  async #removeContainers(): Promise<void> {
    await this.command('pod', 'rm', '--all', '--force', '--time', '0').catch(() => '');
    for (let depth = 0; depth < CONTAINER_DEPTH_MAX; depth++) {
      await this.command('rm', '--all', '--force', '--time', '0').catch(() => '');
      if ((await this.command('ps', '--all', '--quiet').catch(() => '')) === '') return;
    }
  }

  /** conmon starts a `podman container cleanup` of its own for each container that ends. */
  async #awaitCleanup(): Promise<void> {
    const processes = async (): Promise<boolean> => {
      for (const pid of await readdir('/proc')) {
        if (/^\d+$/.test(pid) && (await commandLine(pid)).includes(this.directory)) return true;
      }
      return false;
    };
    for (let attempt = 0; attempt < 100 && (await processes()); attempt++) await delay(50);
  }
}

async function demandPodman(): Promise<void> {
  await execute('podman', ['--version']).catch(() => {
    throw new Error(
      'podman is not installed: apt-get install -y podman runc netavark aardvark-dns iptables busybox-static',
    );
  });
}

async function commandLine(pid: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.startsWith('podman') || text.includes('conmon') ? text : '';
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
