import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { createProcessesEngine } from '#engines';
import type { Engine } from '#engines';
import { createSocketsSensor } from '#sensors';

import type { Benchmark, BenchResult } from './benchmark.ts';

const IDLE = 450;
const LISTENERS = 50;
const LISTENER = `my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1'); sleep 600`;
const WARM_UP_MS = 4_000;
const MEASURE_MS = 20_000;
const WITNESSES = 1_000_000;
const SIZE = `${IDLE + LISTENERS} processes more, ${LISTENERS} of them listening`;

/** @public loaded by name */
export const benchmark: Benchmark = {
  name: 'processes',
  async run(): Promise<readonly BenchResult[]> {
    const children: ChildProcess[] = [];
    try {
      for (let index = 0; index < IDLE; index += 1) children.push(start('sleep', '600'));
      for (let index = 0; index < LISTENERS; index += 1) {
        children.push(start('perl', '-MIO::Socket::INET', '-e', LISTENER));
      }
      await delay(3_000);
      const wanted = new Set(children.slice(IDLE).map(({ pid }) => pid));
      const quiet = await measureEngine(wanted);
      // Five new processes a second, each of which lives 0.2 s.
      children.push(start('sh', '-c', 'while :; do sleep 0.2; done'));
      const busy = await measureEngine(wanted);
      const sensor = await measureSensor();
      return [
        { metric: 'engine at its default interval', ...share(quiet.percent), bar: 2, note: SIZE },
        {
          metric: 'engine at its default interval, 5 new processes/s',
          ...share(busy.percent),
          bar: 2,
          note: SIZE,
        },
        { metric: 'first snapshot', value: quiet.snapshotMs, unit: 'ms', higherIsBetter: false, note: SIZE },
        { metric: 'witnessed connections of a known process', value: quiet.witnesses, unit: 'calls/s' },
        { metric: 'sockets sensor at its default interval', ...share(sensor), note: SIZE },
      ];
    } finally {
      await Promise.all(children.map(end));
    }
  },
};

interface Measured {
  readonly percent: number;
  readonly snapshotMs: number;
  readonly witnesses: number;
}

async function measureEngine(wanted: ReadonlySet<number | undefined>): Promise<Measured> {
  const engine = createProcessesEngine({ node: 'bench', clock: Date.now });
  const found = new Set<number>();
  const stop = new AbortController();
  const startedAt = performance.now();
  let snapshotMs = 0;
  const finished = (async () => {
    for await (const observations of engine.observe(stop.signal)) {
      for (const observation of observations) {
        if (observation.kind === 'snapshot-end') snapshotMs = performance.now() - startedAt;
        if (observation.kind !== 'assert' || observation.subject.kind !== 'instance') continue;
        const { data } = observation;
        if ('pid' in data && data.pid !== null && wanted.has(data.pid)) found.add(data.pid);
      }
    }
  })();
  const percent = await measureCpu();
  const witnesses = measureWitnesses(engine);
  stop.abort();
  await finished;
  if (found.size !== wanted.size) throw new Error(`${found.size} of ${wanted.size} listeners were found`);
  return { percent, snapshotMs, witnesses };
}

async function measureSensor(): Promise<number> {
  const stop = new AbortController();
  const finished = (async () => {
    for await (const _ of createSocketsSensor({ node: 'bench', clock: Date.now }).observe(stop.signal));
  })();
  const percent = await measureCpu();
  stop.abort();
  await finished;
  return percent;
}

/** Processor time of this whole process, in percent of one core. */
async function measureCpu(): Promise<number> {
  await delay(WARM_UP_MS);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await delay(MEASURE_MS);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1000 / (performance.now() - startedAt)) * 100;
}

function measureWitnesses(engine: Engine): number {
  const self = { pid: process.pid, startTicks: startTicks(), command: 'node' };
  engine.witness?.({ ...self, at: Date.now() });
  const startedAt = performance.now();
  for (let index = 0; index < WITNESSES; index += 1) engine.witness?.({ ...self, at: Date.now() });
  return WITNESSES / ((performance.now() - startedAt) / 1000);
}

/** Of this process, as a flow sensor would tell it. */
function startTicks(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

function share(percent: number) {
  return { value: percent, unit: '% of one core', higherIsBetter: false } as const;
}

function start(program: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' });
  if (child.pid === undefined) throw new Error(`${program} did not start: apt-get install -y perl-base`);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await exited;
}
