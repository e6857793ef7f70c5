import { watch, type FSWatcher } from 'node:fs';
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

interface Watched {
  watcher: FSWatcher | null;
  hosts: FileReading | null;
  pid: number | null;
}

/**
 * Watches `RUNROOT/DRIVER-containers/ID/userdata` with inotify: podman writes `hosts` there, with
 * the container's addresses, when its network is up, and `pidfile` before its process runs. Both
 * stay until the container's next start or its removal, so a file that is read late says the same.
 *
 * A container can write to its own hosts file once it runs. A reading is trusted only when the file
 * had not been changed since the pid file was written, by the kernel's change times.
 */
export class RunDirectory {
  readonly path: string;
  readonly #listener: RunDirectoryListener;
  readonly #containers = new Map<string, Watched>();
  #root: FSWatcher | null = null;

  constructor(path: string, listener: RunDirectoryListener) {
    this.path = path;
    this.#listener = listener;
  }

  /** Throws what the system says when the directory can't be watched. */
  open(): void {
    this.#root = watch(this.path, { persistent: false }, (_, name) => {
      if (name !== null && /^[0-9a-f]{64}$/.test(name)) this.#appeared(name);
    });
    this.#root.on('error', () => this.#root?.close());
  }

  /** Watches a container that is there already. */
  follow(id: string): void {
    if (this.#containers.has(id)) return;
    const watched: Watched = { watcher: null, hosts: null, pid: null };
    this.#containers.set(id, watched);
    this.#arm(id, watched);
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
      return;
    }
    this.follow(id);
    // The same event announces a directory that was removed.
    if (this.#containers.get(id)?.watcher === null) this.#containers.delete(id);
    else this.#listener.created(id);
  }

  #arm(id: string, watched: Watched): void {
    for (const [directory, inner] of [
      [join(this.path, id, 'userdata'), true],
      [join(this.path, id), false],
    ] as const) {
      try {
        watched.watcher = watch(directory, { persistent: false }, (_, name) => {
          if (inner) this.#changed(id, watched, name);
          else this.#rearm(id, watched);
        });
        watched.watcher.on('error', () => this.forget(id));
        break;
      } catch {
        watched.watcher = null;
      }
    }
    this.#read(id, watched);
  }

  #rearm(id: string, watched: Watched): void {
    watched.watcher?.close();
    if (this.#containers.get(id) === watched) this.#arm(id, watched);
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
    if (hosts === null) {
      if (starts) this.#listener.unnamed(id);
      return;
    }
    if (hosts.text === '' || (pidFile !== null && hosts.changedAt > pidFile.changedAt)) return;
    const news = watched.hosts?.changedAt !== hosts.changedAt;
    watched.hosts = hosts;
    if (news) this.#listener.prepared(id, hosts.changedAt);
  }
}

function pidOf(file: FileReading | null): number | null {
  const pid = Number(file?.text ?? '');
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}
