import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '#model';
import { readWithoutTrace, type FileReading } from './read-without-trace.ts';

/** What podman wrote for a container before it started it. */
export interface Sighting {
  /** Its hosts file; null when there is none that can be trusted. */
  readonly hosts: FileReading | null;
  readonly pid: number | null;
}

export interface RunDirectoryListener {
  /** A container was made; podman does not know it yet for some milliseconds. */
  created(id: string): void;
  /** Its network is up; it starts about 50 ms later, or never. */
  prepared(id: string, at: Instant): void;
  /** It is about to start, and has no hosts file that says its addresses. */
  unnamed(id: string): void;
}

/** Tells the names of what changes in a directory; throws what the system says when it can't. */
export type WatchDirectory = (path: string, changed: (name: string | null) => void) => FSWatcher;

export const watchDirectory: WatchDirectory = (path, changed) =>
  watch(path, { persistent: false }, (_, name) => changed(name));

interface Watched {
  watcher: FSWatcher | null;
  hosts: FileReading | null;
  pid: number | null;
  /** Its pid file is there. */
  started: boolean;
  /** When the hosts file had been changed that a run left behind. */
  left: Instant | null;
}

/**
 * Watches `RUNROOT/DRIVER-containers/ID/userdata` with inotify: podman writes `hosts` there, with
 * the container's addresses, when its network is up, and `pidfile` before its process runs. Both
 * stay until the container's next start or its removal, so a file that is read late says the same.
 *
 * A container can write to its own hosts file once it runs. A reading is trusted only when the file
 * had not been changed since the pid file was written, by the kernel's change times. When the pid
 * file goes, before the hosts file does or is written anew, what stands there is what the run left.
 */
export class RunDirectory {
  readonly path: string;
  readonly #listener: RunDirectoryListener;
  readonly #watch: WatchDirectory;
  readonly #containers = new Map<string, Watched>();
  #root: FSWatcher | null = null;

  constructor(path: string, listener: RunDirectoryListener, watching = watchDirectory) {
    this.path = path;
    this.#listener = listener;
    this.#watch = watching;
  }

  /** Throws what the system says when the directory can't be watched. */
  open(): void {
    this.#root = this.#watch(this.path, (name) => {
      if (name !== null && CONTAINER_ID.test(name)) this.#appeared(name);
    });
    this.#root.on('error', () => this.#root?.close());
    // Containers that were made before may start at any moment. What stands there is not read: it
    // may be of a run that is over.
    for (const id of readdirSync(this.path)) if (CONTAINER_ID.test(id)) this.#arm(id, this.#begin(id));
  }

  /** Watches a container that is there already. */
  follow(id: string): void {
    if (this.#containers.has(id)) return;
    const watched = this.#begin(id);
    this.#arm(id, watched);
    this.#read(id, watched);
  }

  /** What is known of its present run; reads again, for the news may still be on its way. */
  sighting(id: string): Sighting {
    const watched = this.#containers.get(id);
    if (watched === undefined) return { hosts: null, pid: null };
    this.#read(id, watched);
    return { hosts: watched.hosts, pid: watched.pid };
  }

  /** When its hosts file was changed last, whoever did it; null when there is none. */
  hostsChangedAt(id: string): Instant | null {
    return readWithoutTrace(join(this.path, id, 'userdata', 'hosts'))?.changedAt ?? null;
  }

  forget(id: string): void {
    this.#containers.get(id)?.watcher?.close();
    this.#containers.delete(id);
  }

  close(): void {
    this.#root?.close();
    for (const id of this.#containers.keys()) this.forget(id);
  }

  #appeared(id: string): void {
    const watched = this.#containers.get(id);
    if (watched?.watcher) return;
    if (watched !== undefined) {
      this.#arm(id, watched);
      this.#read(id, watched);
      return;
    }
    this.follow(id);
    // The same event announces a directory that was removed.
    if (this.#containers.get(id)?.watcher === null) this.#containers.delete(id);
    else this.#listener.created(id);
  }

  #begin(id: string): Watched {
    const watched: Watched = { watcher: null, hosts: null, pid: null, started: false, left: null };
    this.#containers.set(id, watched);
    return watched;
  }

  /**
   * Podman makes the container's directory and `userdata` in it at once. When the inner one is not
   * there yet, it may be made before the outer one is watched: so it is tried again after that, or
   * nothing would ever tell of what is written there.
   */
  #arm(id: string, watched: Watched): void {
    const outer = join(this.path, id);
    const inner = (): FSWatcher | null =>
      this.#watchOrNull(id, join(outer, 'userdata'), (name) => this.#changed(id, watched, name));
    watched.watcher = inner();
    if (watched.watcher !== null) return;
    const waiting = this.#watchOrNull(id, outer, () => this.#rearm(id, watched));
    watched.watcher = inner();
    if (watched.watcher === null) watched.watcher = waiting;
    else waiting?.close();
  }

  #watchOrNull(id: string, path: string, changed: (name: string | null) => void): FSWatcher | null {
    try {
      return this.#watch(path, changed).on('error', () => this.forget(id));
    } catch {
      return null;
    }
  }

  #rearm(id: string, watched: Watched): void {
    if (this.#containers.get(id) !== watched) return;
    watched.watcher?.close();
    this.#arm(id, watched);
    this.#read(id, watched);
  }

  #changed(id: string, watched: Watched, name: string | null): void {
    if (name === 'hosts' || name === 'pidfile') this.#read(id, watched);
  }

  #read(id: string, watched: Watched): void {
    const hosts = readWithoutTrace(join(this.path, id, 'userdata', 'hosts'));
    // After the hosts file: a pid file that appeared in between makes the reading the older one.
    const pidFile = readWithoutTrace(join(this.path, id, 'userdata', 'pidfile'));
    const pid = pidOf(pidFile);
    const starts = pid !== null && pid !== watched.pid;
    if (starts) watched.pid = pid;
    if (watched.started && pidFile === null) watched.left = hosts?.changedAt ?? null;
    watched.started = pidFile !== null;
    if (hosts === null) {
      if (starts) this.#listener.unnamed(id);
      return;
    }
    if (!isWrittenByPodman(hosts, pidFile, watched.left)) return;
    const news = watched.hosts?.changedAt !== hosts.changedAt;
    watched.hosts = hosts;
    if (news) this.#listener.prepared(id, hosts.changedAt);
  }
}

const CONTAINER_ID = /^[0-9a-f]{64}$/;

/** `left`: when the file had been changed that the run before left behind. */
function isWrittenByPodman(hosts: FileReading, pidFile: FileReading | null, left: Instant | null): boolean {
  if (hosts.text === '') return false;
  return pidFile === null ? hosts.changedAt !== left : hosts.changedAt <= pidFile.changedAt;
}

function pidOf(file: FileReading | null): number | null {
  const pid = Number(file?.text ?? '');
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}
