import { readlinkSync } from 'node:fs';

/**
 * What tells the root file systems of processes apart: the mount namespace, and the root's path in it.
 * Null: the process is gone, or not ours to look into. Asks the kernel alone: to look at the root itself
 * would be to wait for whoever serves that file system, which may be the process that is looked at.
 */
export function liveRootOf(pid: number): string | null {
  try {
    return `${readlinkSync(`/proc/${pid}/ns/mnt`)} ${readlinkSync(`/proc/${pid}/root`)}`;
  } catch {
    return null;
  }
}
