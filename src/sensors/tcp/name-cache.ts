import { containerOfCgroup } from './container-of-cgroup.ts';

/**
 * Names beyond this number push out those that were told longest ago; the kernel's program tells those
 * that are in use again every second.
 */
const NAMES_MAX = 20_000;

interface ProcessName {
  readonly start: number;
  readonly command: string;
}

interface CgroupName {
  readonly names: string[];
  container: string | null;
}

/** What the helper has told of cgroups and processes, by the numbers that its lines use. */
export class NameCache {
  readonly #cgroups = new Map<number, CgroupName>();
  readonly #processes = new Map<number, ProcessName>();

  /** `level` 0 is the cgroup itself, then its parents. */
  tellCgroup(id: number, level: number, name: string): void {
    const known = this.#cgroups.get(id) ?? { names: [], container: null };
    known.names[level] = name;
    known.container = containerOfCgroup(known.names.filter((each) => each !== undefined));
    remember(this.#cgroups, id, known);
  }

  tellProcess(pid: number, start: number, command: string): void {
    remember(this.#processes, pid, { start, command });
  }

  /** Container id; null for a host process; undefined when nothing was told of this cgroup. */
  container(cgroup: number): string | null | undefined {
    return this.#cgroups.get(cgroup)?.container;
  }

  /** The command, or an empty text when it was not told. */
  command(pid: number, start: number): string {
    const known = this.#processes.get(pid);
    return known?.start === start ? known.command : '';
  }
}

function remember<Value>(map: Map<number, Value>, key: number, value: Value): void {
  // Told again, it is the newest.
  map.delete(key);
  map.set(key, value);
  if (map.size <= NAMES_MAX) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
