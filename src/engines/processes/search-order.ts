import type { LiveProcess, ProcessTable } from '#proc';

import type { ProcessInstances } from './process-instances.ts';

/** Links of open files that are read per look for connections only: 2,000 take about 4 ms. */
const FEW_LINKS = 2_000;

export interface Search {
  readonly pids: readonly number[];
  readonly linksMax?: number;
}

/** In whose open files a new socket is looked for first. */
export interface SearchOrder {
  /** Newest processes first: new sockets are mostly theirs. */
  everyone(): Search;
  /** Instances, then the next few of the others, so that all have their turn after some looks. */
  few(): Search;
}

export function createSearchOrder(table: ProcessTable, instances: ProcessInstances): SearchOrder {
  let turn = 0;
  return {
    everyone: () => ({
      pids: programs(table)
        .toSorted((left, right) => right.startTicks - left.startTicks)
        .map(({ pid }) => pid),
    }),
    few: () => {
      const all = programs(table).map(({ pid }) => pid);
      const others = all.filter((pid) => !instances.isInstance(pid));
      const from = others.length === 0 ? 0 : turn % others.length;
      turn += Math.ceil(others.length / 8);
      const first = all.filter((pid) => instances.isInstance(pid));
      return { pids: [...first, ...others.slice(from), ...others.slice(0, from)], linksMax: FEW_LINKS };
    },
  };
}

function programs(table: ProcessTable): LiveProcess[] {
  return [...table.all()].filter(({ kernelThread }) => !kernelThread);
}
