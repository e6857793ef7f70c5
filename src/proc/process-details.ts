import { parseControlGroup } from './control-group.ts';
import type { ControlGroup } from './control-group.ts';
import type { ProcFiles } from './proc-files.ts';
import { parseProcessStat } from './process-stat.ts';
import type { ProcessStat } from './process-stat.ts';

export function readStat(files: ProcFiles, pid: number): ProcessStat | null {
  const text = files.text(`${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

/** Absolute path; null without the right to look. An executable that was replaced since keeps its name. */
export function readExecutable(files: ProcFiles, pid: number): string | null {
  return withoutDeleted(files.link(`${pid}/exe`));
}

/** A deployment that removes the directory under a running process doesn't rename what runs there. */
export function readWorkingDirectory(files: ProcFiles, pid: number): string | null {
  return withoutDeleted(files.link(`${pid}/cwd`));
}

export function readControlGroup(files: ProcFiles, pid: number): ControlGroup {
  return parseControlGroup(files.text(`${pid}/cgroup`) ?? '');
}

/** Inode of its network namespace; null without the right to look. */
export function readNetworkNamespace(files: ProcFiles, pid: number | 'self'): number | null {
  const inode = /^net:\[(\d+)\]$/.exec(files.link(`${pid}/ns/net`) ?? '')?.[1];
  return inode === undefined ? null : Number(inode);
}

/** The effective user's number. */
export function readUserId(files: ProcFiles, pid: number): number | null {
  const id = /^Uid:\s+\d+\s+(\d+)/m.exec(files.text(`${pid}/status`) ?? '')?.[1];
  return id === undefined ? null : Number(id);
}

/** The kernel's mark on the link of what was removed or replaced since. */
function withoutDeleted(path: string | null): string | null {
  return path?.replace(/ \(deleted\)$/, '') ?? null;
}
