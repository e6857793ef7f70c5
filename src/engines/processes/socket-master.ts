import { findSocketOwners, readControlGroup, readStat } from '#proc';
import type { ProcFiles, ProcessStat, SocketOwner } from '#proc';

import { runsSameProgram } from './program.ts';

const DEPTH_MAX = 32;

/**
 * A listening socket is inherited by workers: its holder is the topmost process of the line that has
 * it open. systemd opens sockets for services and keeps them: such a parent stands in another control
 * group and runs another program, and is not the holder.
 */
export function outermostOwner(
  files: ProcFiles,
  owner: SocketOwner,
  inode: number,
): { readonly owner: SocketOwner; readonly startTicks: number } {
  let top = owner;
  let stat = readStat(files, owner.pid);
  for (let depth = 0; depth < DEPTH_MAX && stat !== null; depth += 1) {
    const parent = readStat(files, stat.parentPid);
    if (parent === null || parent.startTicks > stat.startTicks) break;
    if (!belongTogether(files, parent, stat)) break;
    const held = descriptorOf(files, parent.pid, inode);
    if (held === null) break;
    top = held;
    stat = parent;
  }
  return { owner: top, startTicks: stat?.startTicks ?? 0 };
}

function belongTogether(files: ProcFiles, parent: ProcessStat, child: ProcessStat): boolean {
  const path = readControlGroup(files, parent.pid).path;
  return path === readControlGroup(files, child.pid).path || runsSameProgram(files, parent, child);
}

function descriptorOf(files: ProcFiles, pid: number, inode: number): SocketOwner | null {
  const search = findSocketOwners(files, new Set([inode]), [pid]);
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value.found.get(inode) ?? null;
  }
}
