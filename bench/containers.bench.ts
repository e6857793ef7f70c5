import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createContainersEngine } from '#engines';
import type { Observation } from '#model';
import type { Benchmark, BenchResult } from './benchmark.ts';
import type { ServedBy } from './containers/serve-fake-engine.ts';

const INSTANCES = 10_000;
const CHANGES_PER_SECOND = 1000;
const CHANGE_SECONDS = 5;

/**
 * The containers engine against a synthetic Docker in a process of its own: how long the first sync
 * of ten thousand containers takes, and what a thousand changes per second cost this process.
 */
export const benchmark: Benchmark = {
  name: 'containers',
  async run() {
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-bench-'));
    const server = fork(fileURLToPath(new URL('containers/serve-fake-engine.ts', import.meta.url)), [
      join(directory, 'docker.sock'),
      String(INSTANCES),
    ]);
    try {
      await message(server, 'ready');
      return await measure(join(directory, 'docker.sock'), server);
    } finally {
      server.kill();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(socketPath: string, server: ReturnType<typeof fork>): Promise<readonly BenchResult[]> {
  const engine = createContainersEngine({ id: 'docker', socketPath, node: 'bench', clock: () => Date.now() });
  const stop = new AbortController();
  const counter = new Counter();
  const startedAt = performance.now();
  let results: readonly BenchResult[] = [];
  for await (const batch of engine.observe(stop.signal)) {
    counter.take(batch);
    if (counter.changing) continue;
    if (!batch.some(({ kind }) => kind === 'snapshot-end')) continue;
    const syncMs = performance.now() - startedAt;
    if (counter.instances.size !== INSTANCES)
      throw new Error(`${counter.instances.size} of ${INSTANCES} found`);
    counter.changing = true;
    void changes(server, counter).then((measured) => {
      results = [syncResult(syncMs), ...measured];
      return stop.abort();
    });
  }
  return results;
}

const syncResult = (value: number): BenchResult => ({
  metric: `first sync of ${INSTANCES} containers`,
  value,
  unit: 'ms',
  higherIsBetter: false,
  bar: 2000,
  note: 'one list, one inspect each; the synthetic engine runs in a process of its own',
});

async function changes(server: ReturnType<typeof fork>, counter: Counter): Promise<readonly BenchResult[]> {
  const [cpuBefore, before] = [process.cpuUsage(), performance.now()];
  server.send({ changesPerSecond: CHANGES_PER_SECOND, seconds: CHANGE_SECONDS } satisfies ServedBy);
  const sent = (await message(server, 'sent')).changes?.length ?? 0;
  while (counter.changes < sent) await new Promise((resolve) => setTimeout(resolve, 1));
  const seconds = (performance.now() - before) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const latencies = counter.latenciesMs.toSorted((left, right) => left - right);
  return [
    {
      metric: 'starts and ends reported',
      value: sent / seconds,
      unit: 'changes/s',
      note: `${sent} were sent`,
    },
    {
      metric: `share of one core at ${CHANGES_PER_SECOND} changes/s`,
      value: (cpu.user + cpu.system) / 1e6 / seconds,
      unit: 'cores',
      higherIsBetter: false,
      bar: 1,
    },
    {
      metric: 'event sent by the engine → observation, p99',
      value: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
      unit: 'ms',
      higherIsBetter: false,
      bar: 50,
      note: `the synthetic engine has no lag of its own; ${latencies.length} starts and ends`,
    },
  ];
}

/** Counts what an engine reports. */
class Counter {
  readonly instances = new Set<string>();
  readonly latenciesMs: number[] = [];
  changing = false;
  changes = 0;

  take(batch: readonly Observation[]): void {
    for (const each of batch) {
      if ((each.kind !== 'assert' && each.kind !== 'end') || each.subject.kind !== 'instance') continue;
      this.instances.add(each.subject.id);
      if (!this.changing) continue;
      this.changes++;
      this.latenciesMs.push(Date.now() - each.validFrom);
    }
  }
}

function message(
  server: ReturnType<typeof fork>,
  kind: string,
): Promise<{ readonly changes?: readonly unknown[] }> {
  return new Promise((resolve) => {
    const listen = (received: unknown): void => {
      // The process that sends is our own, a few lines long.
      const said = received as { readonly kind: string; readonly changes?: readonly unknown[] };
      if (said.kind !== kind) return;
      server.off('message', listen);
      resolve(said);
    };
    server.on('message', listen);
  });
}
