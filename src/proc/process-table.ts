import { readControlGroup, readNetworkNamespace, readStat } from './process-details.ts';
import type { ProcFiles } from './proc-files.ts';

/** Of the slow facts (namespace, container) one in so many processes is read again at each look. */
const REREAD_EVERY = 32;

/** Between so many processes a look lets others run. */
const BREATH = 256;

export interface LiveProcess {
  readonly pid: number;
  readonly startTicks: number;
  /** Inode of its network namespace; null where it can't be read. */
  readonly namespace: number | null;
  /** The container that it runs in. */
  readonly containerId: string | null;
  readonly kernelThread: boolean;
}

interface Row extends LiveProcess {
  namespace: number | null;
  containerId: string | null;
  incarnation: string;
  /** Looks since it was first seen. */
  age: number;
  /** Number of the last look that saw it. */
  look: number;
}

/**
 * The processes that live, refreshed by polling: one `stat` of a directory per process and look,
 * everything else only for new ones.
 */
export interface ProcessTable {
  /**
   * Takes a look. Yields where others may run; returns what is gone since the last one.
   * @throws ProcError when /proc can't be listed.
   */
  refresh(): Generator<void, readonly LiveProcess[]>;
  get(pid: number): LiveProcess | undefined;
  all(): Iterable<LiveProcess>;
  readonly size: number;
}

export function createProcessTable(files: ProcFiles): ProcessTable {
  const rows = new Map<number, Row>();
  let look = 0;
  let replaced: Row[] = [];

  const visit = (pid: number): void => {
    const incarnation = files.incarnation(pid);
    if (incarnation === null) return;
    const known = rows.get(pid);
    if (known?.incarnation === incarnation) {
      known.look = look;
      known.age += 1;
      // Between fork and exec a process may still move into its namespace and its container.
      if (known.age === 1 || (pid + look) % REREAD_EVERY === 0) readSlowFacts(files, known);
      return;
    }
    const stat = readStat(files, pid);
    if (stat === null) return;
    // The kernel dropped the inode from its cache; it is the same process.
    if (known?.startTicks === stat.startTicks) {
      known.incarnation = incarnation;
      known.look = look;
      return;
    }
    if (known !== undefined) replaced.push(known);
    const { startTicks, kernelThread } = stat;
    const row = {
      pid,
      startTicks,
      kernelThread,
      namespace: null,
      containerId: null,
      incarnation,
      age: 0,
      look,
    };
    readSlowFacts(files, row);
    rows.set(pid, row);
  };

  return {
    *refresh() {
      look += 1;
      replaced = [];
      for (const [index, pid] of files.pids().entries()) {
        visit(pid);
        if (index % BREATH === BREATH - 1) yield;
      }
      const gone = replaced;
      for (const row of rows.values()) {
        if (row.look === look) continue;
        gone.push(row);
        rows.delete(row.pid);
      }
      return gone;
    },
    get: (pid) => rows.get(pid),
    all: () => rows.values(),
    get size() {
      return rows.size;
    },
  };
}

function readSlowFacts(files: ProcFiles, row: Row): void {
  if (row.kernelThread) return;
  row.namespace = readNetworkNamespace(files, row.pid) ?? row.namespace;
  row.containerId = readControlGroup(files, row.pid).containerId;
}
