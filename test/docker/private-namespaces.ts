import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Network and mount namespaces of a test's own, held open by a process that ends with the test.
 * In them, /run is empty and changes of /etc land in `directory`: a program that leaves files,
 * bridges, firewall rules and mounts behind leaves them there.
 */
export class PrivateNamespaces {
  readonly #holder: ChildProcess;
  readonly #pid: number;

  private constructor(holder: ChildProcess, pid: number) {
    this.#holder = holder;
    this.#pid = pid;
  }

  /** @throws Error when that is not allowed here: it needs root. */
  static async open(directory: string): Promise<PrivateNamespaces> {
    const [upper, work] = [join(directory, 'etc'), join(directory, 'etc-work')];
    await mkdir(upper);
    await mkdir(work);
    const script = `ip link set lo up && mount -t tmpfs tmpfs /run &&
      mount -t overlay overlay -o "lowerdir=/etc,upperdir=${upper},workdir=${work}" /etc &&
      echo ready && exec cat`;
    const holder = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ready = await new Promise<boolean>((resolve) => {
      holder.stdout.once('data', () => resolve(true));
      holder.once('error', () => resolve(false));
      holder.once('exit', () => resolve(false));
    });
    if (!ready || holder.pid === undefined) throw new Error('namespaces could not be made; are you root?');
    return new PrivateNamespaces(holder, holder.pid);
  }

  /** Arguments with which a program is started in them. */
  command(program: string, parameters: readonly string[]): readonly [string, readonly string[]] {
    return ['nsenter', ['--target', String(this.#pid), '--net', '--mount', '--', program, ...parameters]];
  }

  /** Ends every process in them and all that those started, then the namespaces themselves. */
  async close(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const inside = await this.#processes();
      if (inside.length === 0) break;
      for (const pid of inside) endNow(pid);
      await delay(20);
    }
    const ended = new Promise((resolve) => this.#holder.once('exit', resolve));
    if (this.#holder.exitCode !== null || !this.#holder.kill('SIGKILL')) return;
    await ended;
  }

  async #processes(): Promise<readonly number[]> {
    const namespace = await readlink(`/proc/${this.#pid}/ns/mnt`).catch(() => null);
    if (namespace === null) return [];
    const parents = new Map<number, number>();
    const found = new Set<number>();
    for (const name of await readdir('/proc')) {
      const pid = Number(name);
      if (!Number.isInteger(pid) || pid === this.#pid) continue;
      parents.set(pid, await parentOf(pid));
      if ((await readlink(`/proc/${pid}/ns/mnt`).catch(() => null)) === namespace) found.add(pid);
    }
    // A container's processes have a mount namespace of their own, but an ancestor in this one.
    for (const pid of parents.keys()) {
      let ancestor = parents.get(pid);
      while (ancestor !== undefined && !found.has(ancestor)) ancestor = parents.get(ancestor);
      if (ancestor !== undefined) found.add(pid);
    }
    return [...found];
  }
}

/** 0 for a process that has gone. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
