import { readFileSync } from 'node:fs';

import { processInstanceId } from '#model';

import { StartedProcesses } from '../../../test/processes/started-processes.ts';
import type { StartedProcess } from '../../../test/processes/started-processes.ts';
import { engineConformance } from '../engine.conformance.ts';
import { createProcessesEngine } from './processes-engine.ts';

const BOOT_ID = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** The line that `cat /proc/self/stat` prints: pid first, start as field 22. */
function identity(stat: string): { readonly pid: number; readonly startTicks: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid: Number.parseInt(stat, 10), startTicks: Number(fields[19]) };
}

engineConformance('processes, on this machine', async () => {
  const started = new StartedProcesses();
  const running = new Map<string, StartedProcess>();
  const engine = createProcessesEngine({ node: 'box', clock: Date.now, intervalMs: 100 });
  const statOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8');

  return {
    engine,
    start: async () => {
      const server = started.nodeServer();
      await server.line();
      const { pid, startTicks } = identity(statOf(server.pid));
      const id = processInstanceId(BOOT_ID, pid, startTicks);
      running.set(id, server);
      return id;
    },
    stop: async (id) => {
      await running.get(id)?.end();
      running.delete(id);
    },
    // Each is gone before anyone could look: a flow sensor tells of them.
    storm: async (count) => {
      const ids: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const short = started.start('cat', '/proc/self/stat');
        const process = identity(await short.line());
        await short.end();
        engine.witness?.({ ...process, command: 'cat', at: Date.now() });
        ids.push(processInstanceId(BOOT_ID, process.pid, process.startTicks));
      }
      return ids;
    },
    stormSize: 50,
    dropConnection: null,
    restartEngine: null,
    inventory: async () =>
      Object.fromEntries([...running].map(([id, { pid }]) => [id, String(identity(statOf(pid)).startTicks)])),
    close: () => started.end(),
  };
});
