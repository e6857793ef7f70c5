import { setTimeout as delay } from 'node:timers/promises';

import { processInstanceId } from '#model';

import { BOOT_ID, FakeProcDirectory, socketRow } from '../../../test/fakes/proc-directory.ts';
import { engineConformance } from '../engine.conformance.ts';
import { createProcessesEngine } from './processes-engine.ts';

const STORM = 200;
/** Longer than any pause between two looks at a directory this small. */
const OUTAGE_MS = 1_000;

engineConformance('processes, on a made /proc', async () => {
  const proc = new FakeProcDirectory();
  const listening = new Map<string, { readonly pid: number; readonly row: string }>();
  const engine = createProcessesEngine({
    node: 'box',
    clock: Date.now,
    procDirectory: proc.directory,
    intervalMs: 20,
  });
  let pid = 100;
  let broken = false;
  const writeTable = (): void => {
    if (!broken)
      proc.table(
        'tcp',
        [...listening.values()].map(({ row }) => row),
      );
  };
  const outages: Promise<void>[] = [];
  const repairLater = async (): Promise<void> => {
    await delay(OUTAGE_MS);
    broken = false;
    writeTable();
  };

  return {
    engine,
    start: async () => {
      pid += 1;
      proc.start({ pid, startTicks: pid, sockets: { 3: pid } });
      const id = processInstanceId(BOOT_ID, pid, pid);
      const port = pid.toString(16).toUpperCase().padStart(4, '0');
      listening.set(id, { pid, row: socketRow(`0100007F:${port}`, '00000000:0000', 10, pid) });
      writeTable();
      return id;
    },
    stop: async (id) => {
      const instance = listening.get(id);
      listening.delete(id);
      writeTable();
      if (instance !== undefined) proc.end(instance.pid);
    },
    // Gone before anyone could look: a flow sensor tells of them.
    storm: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const process = { pid: 10_000 + index, startTicks: 99_000 + index };
        engine.witness?.({ ...process, command: 'curl', at: Date.now() });
        return processInstanceId(BOOT_ID, process.pid, process.startTicks);
      }),
    stormSize: STORM,
    dropConnection: async () => {
      broken = true;
      proc.delete('net');
      outages.push(repairLater());
    },
    restartEngine: null,
    inventory: async () =>
      Object.fromEntries([...listening].map(([id, instance]) => [id, String(instance.pid)])),
    close: async () => {
      await Promise.all(outages);
      proc.remove();
    },
  };
});
