/** Forked from its parent and running the same program still: proc(5), flags of the kernel's task. */
const FORKED_WITHOUT_EXEC = 0x40;
const KERNEL_THREAD = 0x200000;

/** What proc(5) calls /proc/PID/stat, as far as it matters here. */
export interface ProcessStat {
  readonly pid: number;
  /** At most 15 bytes, chosen by the process itself: may hold anything. */
  readonly command: string;
  /** `Z` for a zombie: it has ended, its parent has not asked yet. */
  readonly state: string;
  readonly parentPid: number;
  /** Forked without exec: a worker of the program that its parent runs. */
  readonly forkedOnly: boolean;
  readonly kernelThread: boolean;
  /** Clock ticks since boot. */
  readonly startTicks: number;
}

/** Null when the text is cut or no stat line. */
export function parseProcessStat(text: string): ProcessStat | null {
  // The command may hold spaces and brackets: it ends at the last bracket of the line.
  const open = text.indexOf(' (');
  const close = text.lastIndexOf(') ');
  if (open < 0 || close < open) return null;
  const fields = text.slice(close + 2).split(' ');
  const pid = Number(text.slice(0, open));
  const parentPid = Number(fields[1]);
  const flags = Number(fields[6]);
  const startTicks = Number(fields[19]);
  if (![pid, parentPid, flags, startTicks].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    return null;
  }
  return {
    pid,
    command: text.slice(open + 2, close),
    state: fields[0] ?? '',
    parentPid,
    forkedOnly: (flags & FORKED_WITHOUT_EXEC) !== 0,
    kernelThread: (flags & KERNEL_THREAD) !== 0,
    startTicks,
  };
}
