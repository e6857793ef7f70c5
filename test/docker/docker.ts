import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { importBusybox } from '../podman/root-file-system.ts';
import { dockerPackages } from './packages.ts';
import { PrivateNamespaces } from './private-namespaces.ts';
import { onTermination } from '../processes/on-termination.ts';

const execute = promisify(execFile);

/** What every image of {@link Docker.importImage} is called, unless it is given another name. */
const BUSYBOX_IMAGE = 'sheerline-busybox:1';

/** On a busy machine; an idle one takes one second. */
const STARTS_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 20_000;

/**
 * A Docker daemon of one test file's own, from Debian's packages, which are not installed. It runs
 * in network and mount namespaces of its own, with all its files below one temporary directory, so
 * nothing of the machine changes: no bridge, firewall rule, mount or file. Its containers can only
 * be reached from their own network.
 *
 * Process ids and control groups are the machine's, as those of a daemon that is installed.
 */
export interface Docker {
  readonly directory: string;
  readonly socketPath: string;
  /** `docker ARGS…`; its standard output, trimmed. Rejects with its standard error. */
  command(...parameters: readonly string[]): Promise<string>;
  /** A busybox image with these labels. */
  importImage(name?: string, labels?: Readonly<Record<string, string>>): Promise<string>;
  /** Starts a program in the daemon's network, which nothing else of the machine is in. */
  spawnInside(program: string, parameters: readonly string[]): ChildProcess;
  /** Ends the daemon and starts it again. */
  restart(): Promise<void>;
  /** Removes every container, the daemon and all files. Never throws for what is already gone. */
  stop(): Promise<void>;
}

export interface DockerOptions {
  /** Whether containers go on while the daemon does not run (`--live-restore`). */
  readonly liveRestore?: boolean;
}

/**
 * Starts one. Needs root and Debian's `runc iptables iproute2 busybox-static`; Docker itself is
 * downloaded once.
 * @throws Error with the end of the daemon's log, when it does not start.
 */
export async function startDocker(options: DockerOptions = {}): Promise<Docker> {
  const packages = await dockerPackages();
  const directory = await mkdtemp(join(tmpdir(), 'docker-'));
  const namespaces = await PrivateNamespaces.open(directory).catch(async (error: unknown) => {
    await rm(directory, { recursive: true });
    throw error;
  });
  const docker = new OwnDocker(directory, packages, namespaces, options);
  onTermination(() => docker.stop());
  try {
    await docker.start();
  } catch (error) {
    await docker.stop();
    throw error;
  }
  return docker;
}

class OwnDocker implements Docker {
  readonly directory: string;
  readonly socketPath: string;
  readonly #namespaces: PrivateNamespaces;
  readonly #environment: NodeJS.ProcessEnv;
  /** Of its containers, so that none is left behind. */
  readonly #controlGroup: string;
  readonly #options: DockerOptions;
  #daemon: ChildProcess | null = null;

  constructor(directory: string, packages: string, namespaces: PrivateNamespaces, options: DockerOptions) {
    this.directory = directory;
    this.socketPath = join(directory, 'docker.sock');
    this.#namespaces = namespaces;
    this.#options = options;
    this.#controlGroup = basename(directory);
    const programs = ['bin', 'sbin'].map((name) => join(packages, 'usr', name));
    this.#environment = {
      ...process.env,
      PATH: [...programs, process.env['PATH'], '/usr/sbin', '/sbin'].join(':'),
      DOCKER_HOST: `unix://${this.socketPath}`,
      DOCKER_CONFIG: join(directory, 'client'),
      DOCKER_CONTEXT: undefined,
    };
  }

  async command(...parameters: readonly string[]): Promise<string> {
    const { stdout } = await execute('docker', parameters, {
      env: this.#environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  }

  async importImage(name = BUSYBOX_IMAGE, labels: Readonly<Record<string, string>> = {}): Promise<string> {
    await importBusybox(this.directory, labels, (...source) => this.command('import', ...source, name));
    return name;
  }

  spawnInside(program: string, parameters: readonly string[]): ChildProcess {
    const [entering, all] = this.#namespaces.command(program, parameters);
    return spawn(entering, all, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async start(): Promise<void> {
    const log = openSync(this.#log, 'a');
    const [program, parameters] = this.#namespaces.command('dockerd', this.#parameters());
    const daemon = spawn(program, parameters, { env: this.#environment, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#daemon = daemon;
    for (let waitedMs = 0; waitedMs < STARTS_WITHIN_MS && !hasEnded(daemon); waitedMs += 50) {
      const answers = await this.command('version').catch(() => null);
      if (answers !== null) return;
      await delay(50);
    }
    const text = await readFile(this.#log, 'utf8').catch(() => '');
    throw new Error(`dockerd did not start; the end of its log:\n${text.slice(-4000)}`);
  }

  async restart(): Promise<void> {
    await this.#endDaemon();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#removeContainers();
    await this.#endDaemon();
    await this.#namespaces.close();
    await removeControlGroups(this.#controlGroup);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  get #log(): string {
    return join(this.directory, 'dockerd.log');
  }

  #parameters(): readonly string[] {
    const below = (name: string): string => join(this.directory, name);
    return [
      ...['--data-root', below('data'), '--exec-root', below('exec'), '--pidfile', below('dockerd.pid')],
      ...['--host', `unix://${this.socketPath}`, '--storage-driver', 'overlay2'],
      ...(this.#options.liveRestore === true ? ['--live-restore'] : []),
      ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', `/${this.#controlGroup}`],
      // More than the machine's own is refused where CAP_SYS_RESOURCE is missing.
      ...['--default-ulimit', 'nofile=1024:1024', '--shutdown-timeout', '5'],
    ];
  }

  async #removeContainers(): Promise<void> {
    const ids = await this.command('ps', '--all', '--quiet').catch(() => '');
    if (ids !== '') await this.command('rm', '--force', '--volumes', ...ids.split('\n')).catch(() => '');
  }

  /** Its containerd ends with it. */
  async #endDaemon(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = null;
    if (daemon === null || hasEnded(daemon)) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    const timer = setTimeout(() => daemon.kill('SIGKILL'), STOPS_WITHIN_MS);
    daemon.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** In every hierarchy that the machine has: one, or one per controller. */
async function removeControlGroups(name: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  const hierarchies = ['', ...(await readdir(root))].map((hierarchy) => join(root, hierarchy, name));
  for (const parent of hierarchies) {
    for (const child of await readdir(parent).catch(() => [])) {
      // Only directories can be removed, and only those without processes.
      await rmdir(join(parent, child)).catch(() => {});
    }
    await rmdir(parent).catch(() => {});
  }
}
