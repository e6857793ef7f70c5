import { readExecutable, readStat } from '#proc';
import type { ProcFiles, ProcessStat } from '#proc';

/** No tree of forks is deeper; a broken /proc must not send us in circles. */
const DEPTH_MAX = 32;

/**
 * The process that stands for the program that a process runs: a server's workers were forked
 * without exec, so the topmost of such a line is the server, however many sockets each one has.
 */
export function programOf(files: ProcFiles, process: ProcessStat): ProcessStat {
  let current = process;
  for (let depth = 0; depth < DEPTH_MAX && current.forkedOnly; depth += 1) {
    const parent = readStat(files, current.parentPid);
    if (parent === null || parent.startTicks > current.startTicks) break;
    // A daemon that let go of its parent hangs below another program.
    if (!runsSameProgram(files, parent, current)) break;
    current = parent;
  }
  return current;
}

export function runsSameProgram(files: ProcFiles, left: ProcessStat, right: ProcessStat): boolean {
  const leftExecutable = readExecutable(files, left.pid);
  const rightExecutable = readExecutable(files, right.pid);
  // Without the right to see executables the names that they have for the kernel must do.
  if (leftExecutable === null || rightExecutable === null) return left.command === right.command;
  return leftExecutable === rightExecutable;
}
