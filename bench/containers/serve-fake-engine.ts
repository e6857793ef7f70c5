import { setTimeout as delay } from 'node:timers/promises';
import { FakeEngine } from '../../test/podman/fake-engine.ts';

/** What the benchmark tells this process to do. */
export interface ServedBy {
  readonly changesPerSecond: number;
  readonly seconds: number;
}

/** What it says when it has done so. */
export interface EngineChanges {
  readonly kind: 'sent';
  readonly changes: readonly { readonly id: string; readonly what: 'start' | 'end'; readonly at: number }[];
}

/** Changes come in bursts this far apart. */
const BURST_EVERY_MS = 10;

const [, , socketPath = '', count = '0'] = process.argv;
const fake = new FakeEngine(socketPath);
for (let number = 0; number < Number(count); number++) fake.start({ labels: { app: `app-${number % 50}` } });
await fake.listen();
process.on('message', (order: ServedBy) => void change(order));
process.send?.({ kind: 'ready' });

/** Starts a container and ends the one that it started before, in turn. */
async function change({ changesPerSecond, seconds }: ServedBy): Promise<void> {
  const started: string[] = [];
  const beganAt = performance.now();
  const changes: EngineChanges['changes'][number][] = [];
  let sent = 0;
  for (const total = changesPerSecond * seconds; sent < total; await delay(BURST_EVERY_MS)) {
    const due = Math.min(total, ((performance.now() - beganAt) / 1000) * changesPerSecond);
    for (; sent < due; sent++) {
      const old = started.length > 20 ? started.shift() : undefined;
      const id = old ?? fake.start({ labels: { app: 'new' } });
      if (old === undefined) started.push(id);
      else fake.stop(old, true);
      changes.push({ id, what: old === undefined ? 'start' : 'end', at: Date.now() });
    }
  }
  process.send?.({ kind: 'sent', changes } satisfies EngineChanges);
}
