import { readdirSync, readFileSync } from 'node:fs';

/** A process that runs: who it is, and who started it. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Clock ticks since boot: with the pid it says whether it is still the same. */
  readonly startTicks: number;
}

/** Everything that runs; what has ended and was not reaped yet does not. */
function runningProcesses(): readonly RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readProcess)
    .filter((process) => process !== null);
}

export function childrenOf(parent: number): readonly RunningProcess[] {
  return runningProcesses().filter((process) => process.parent === parent);
}

/** Those that a process started, and those that they started. */
export function descendantsOf(ancestor: number): readonly RunningProcess[] {
  const all = runningProcesses();
  const found: RunningProcess[] = [];
  for (let level = [ancestor]; level.length > 0;) {
    const next = all.filter(({ parent }) => level.includes(parent));
    found.push(...next);
    level = next.map(({ pid }) => pid);
  }
  return found;
}

export function isRunning({ pid, startTicks }: RunningProcess): boolean {
  return readProcess(String(pid))?.startTicks === startTicks;
}

function readProcess(pid: string): RunningProcess | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const open = stat.indexOf(' (');
    const close = stat.lastIndexOf(') ');
    const fields = stat.slice(close + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      command: stat.slice(open + 2, close),
      startTicks: Number(fields[19]),
    };
  } catch {
    return null;
  }
}
