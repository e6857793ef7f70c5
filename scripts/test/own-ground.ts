import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Processes that were told to end may take so long. */
const GRACE_MS = 5000;

/** Lies among what the test file makes, so that the directory itself can have a short path. */
const EVENTS = '.events';

/**
 * Podman's name server is one for the machine: whoever needs it first starts it, and it ends with
 * the last network that needs it, which may be another's.
 */
const SHARED_PROGRAM = 'aardvark-dns';

/**
 * A directory for one test file, in which it makes all its temporary directories: what it leaves
 * there is found, and so is every process that it leaves, because its environment names the directory.
 */
export class OwnGround {
  readonly #directory: string;

  constructor() {
    // Short: paths of sockets end after 107 bytes, and podman's run directory after 50.
    this.#directory = mkdtempSync(join(tmpdir(), 's-'));
    // As /tmp is: stores and helpers that gave root away come here too.
    chmodSync(this.#directory, 0o1777);
  }

  /** Where the test file reports what happens. */
  get events(): string {
    return join(this.#directory, EVENTS);
  }

  get environment(): NodeJS.ProcessEnv {
    // What Node compiled is kept beside, for the next file.
    const compiled = process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'node-compile-cache');
    return { TMPDIR: this.#directory, NODE_COMPILE_CACHE: compiled };
  }

  /** Removes everything. Returns what the file should have removed itself. */
  async clear(): Promise<readonly string[]> {
    const processes = await this.#endProcesses();
    const files = readdirSync(this.#directory)
      .filter((name) => name !== EVENTS)
      .map((name) => join(this.#directory, name));
    const mounts = mountPoints().filter((path) => path.startsWith(`${this.#directory}/`));
    // Through a mount point, removing would reach what is not ours.
    if (mounts.length === 0) rmSync(this.#directory, { recursive: true, force: true });
    return [...processes, ...files, ...mounts.map((path) => `the mount ${path}`)];
  }

  async #endProcesses(): Promise<readonly string[]> {
    const deadline = performance.now() + GRACE_MS;
    let left = this.#processes();
    while (left.length > 0 && performance.now() < deadline) {
      await delay(50);
      left = this.#processes();
    }
    for (const { pid } of left) endProcess(pid);
    return left.map(({ pid, name }) => `the process ${pid} (${name})`);
  }

  #processes(): readonly { readonly pid: number; readonly name: string }[] {
    const mark = `\0TMPDIR=${this.#directory}\0`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && `\0${textOf(`/proc/${name}/environ`)}`.includes(mark))
      .map((name) => ({ pid: Number(name), name: textOf(`/proc/${name}/comm`).trim() }))
      .filter(({ name }) => name !== SHARED_PROGRAM);
  }
}

function mountPoints(): readonly string[] {
  return textOf('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Empty when it can't be read: the process is gone, or another user's. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
