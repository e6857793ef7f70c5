import { closeSync, constants, fstatSync, openSync, readlinkSync, type Stats } from 'node:fs';

/** Opens the file itself and nothing of what is in it: no device is woken, no pipe waits. Linux, all but three old machines. */
const O_PATH = 0x200000;
/** As many as the kernel follows. */
const LINKS_MAX = 40;
const SEGMENTS_MAX = 256;

/** Something below a root; `descriptor` is of the thing itself (O_PATH), and is the caller's to close. */
export interface Found {
  readonly descriptor: number;
  readonly status: Stats;
}

/**
 * A root file system, held by a descriptor. Every step is one name below one descriptor and follows no
 * link; links are followed by hand, from this root. So nothing that changes in between, and nothing that
 * a link says, leads out of it.
 */
export class RootDirectory {
  readonly #root: number;

  /** @param path `/proc/PID/root`; throws as the system does */
  constructor(path: string) {
    this.#root = openSync(path, O_PATH | constants.O_DIRECTORY);
  }

  close(): void {
    closeSync(this.#root);
  }

  withDescriptor(act: (descriptor: number) => void): void {
    act(this.#root);
  }

  /** Null: it is not there. Throws where it can't be reached: not permitted, or links without an end. */
  find(path: string): Found | null {
    const held: number[] = [];
    try {
      return this.#walk(path, held);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    } finally {
      for (const descriptor of held) closeSync(descriptor);
    }
  }

  /** @param held the directories from the root down to where the walk is; without the root itself */
  #walk(path: string, held: number[]): Found | null {
    let open = segmentsOf(path);
    let links = 0;
    let last: Found | null = null;
    while (open.length > 0) {
      if (open.length > SEGMENTS_MAX) throw new Error('its path has too many parts');
      const name = open.shift() ?? '';
      if (last !== null) held.push(last.descriptor);
      last = null;
      if (name === '..') {
        // Above the root is the root.
        const left = held.pop();
        if (left !== undefined) closeSync(left);
        continue;
      }
      const below = held.at(-1) ?? this.#root;
      const found = openIn(below, name);
      if (!found.status.isSymbolicLink()) {
        last = found;
        continue;
      }
      closeSync(found.descriptor);
      links += 1;
      if (links > LINKS_MAX) throw new Error('its links have no end');
      const target = readlinkSync(`/proc/self/fd/${below}/${name}`);
      if (target.startsWith('/')) for (const descriptor of held.splice(0)) closeSync(descriptor);
      open = [...segmentsOf(target), ...open];
    }
    // The root itself, or a directory that `..` led to, is nothing to read.
    return last;
  }
}

/** One name below one descriptor; a link is found as the link that it is. */
export function openIn(directory: number, name: string): Found {
  const descriptor = openSync(`/proc/self/fd/${directory}/${name}`, O_PATH | constants.O_NOFOLLOW);
  return { descriptor, status: fstatSync(descriptor) };
}

/** For reading what is in a file that was found; its access time stays where that is permitted. */
export function openContent(descriptor: number): number {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const own = `/proc/self/fd/${descriptor}`;
  try {
    return openSync(own, flags | constants.O_NOATIME);
  } catch (error) {
    // Only its owner and root may ask for that.
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') return openSync(own, flags);
    throw error;
  }
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.');
}
