import type { ProcFiles } from './proc-files.ts';

export interface SocketOwner {
  readonly pid: number;
  /** Number of the open file: one `readlink` then says whether it is still so. */
  readonly descriptor: string;
}

export interface OwnerSearch {
  readonly found: ReadonlyMap<number, SocketOwner>;
  /** Processes whose open files may not be seen. */
  readonly denied: number;
}

/** Links of open files that one search may read: 20,000 take about 40 ms. */
const LINKS_MAX = 20_000;

/**
 * Finds which processes hold sockets, by their open files. Reads process after process in the order
 * given and stops once all are found, so put the likely ones first. Yields after each process.
 */
export function* findSocketOwners(
  files: ProcFiles,
  inodes: ReadonlySet<number>,
  pids: Iterable<number>,
  linksMax: number = LINKS_MAX,
): Generator<void, OwnerSearch> {
  const found = new Map<number, SocketOwner>();
  let denied = 0;
  let links = 0;
  for (const pid of pids) {
    if (found.size === inodes.size || links >= linksMax) break;
    const descriptors = files.descriptors(pid);
    if (descriptors === 'denied') denied += 1;
    if (typeof descriptors === 'string') continue;
    for (const descriptor of descriptors) {
      const inode = socketInode(files.link(`${pid}/fd/${descriptor}`));
      if (inode !== null && inodes.has(inode) && !found.has(inode)) found.set(inode, { pid, descriptor });
    }
    links += descriptors.length;
    yield;
  }
  return { found, denied };
}

export function holdsSocket(files: ProcFiles, owner: SocketOwner, inode: number): boolean {
  return socketInode(files.link(`${owner.pid}/fd/${owner.descriptor}`)) === inode;
}

/** `socket:[12345]` */
function socketInode(link: string | null): number | null {
  return link !== null && link.startsWith('socket:[') ? Number(link.slice(8, -1)) : null;
}
