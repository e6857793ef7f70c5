import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AdoptLoop } from '#loops/adopt';
import { FLOW_LOG_FORMATS, FlowLogReader, namedLine } from '#sensors';
import { openSqliteStore } from '#store';
import { FakeEngine, FakeSensor } from '../../test/fakes/engine.ts';
import type { BenchResult } from '../benchmark.ts';
import { GeneratedWorld, NODE } from './generated-world.ts';

const INSTANCES = 10_000;
const SERVICES = 500;
/** Pairs of instances that call each other. */
const PAIRS = 5000;
const CONNECTIONS_PER_SECOND = 10_000;
const SECONDS = 10;
const BATCH_EVERY_MS = 50;

/**
 * The loop of the control plane on a real store: what naming ten thousand connections a second
 * costs, and how fast people are answered while ten thousand instances and five thousand calls are known.
 */
export async function measureAdopting(): Promise<readonly BenchResult[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sheerline-bench-'));
  const store = openSqliteStore({ directory, clock: Date.now, node: NODE });
  const engine = new FakeEngine();
  const sensor = new FakeSensor();
  const troubles: string[] = [];
  const loop = new AdoptLoop({
    store,
    engines: [engine],
    sensors: [sensor],
    flowLogs: { createReader: (reader) => new FlowLogReader(reader), formats: FLOW_LOG_FORMATS, namedLine },
    node: NODE,
    bootId: 'bench',
    clock: Date.now,
    logger: {
      info: () => undefined,
      error: (message, fields) => void troubles.push(`${message} ${JSON.stringify(fields)}`),
    },
    self: () => ({
      version: '0',
      state: directory,
      address: '',
      socket: '',
      pid: 1,
      since: '',
      memoryBytes: 0,
    }),
  });
  await loop.start();
  try {
    const world = new GeneratedWorld({ instances: INSTANCES, services: SERVICES });
    engine.report(...world.snapshot(Date.now()));
    await until(() => loop.questions.status().counts.instances === INSTANCES);
    const load = await attribute(loop, { engine, sensor, world });
    const answers = answering(loop);
    if (troubles.length > 0) throw new Error(troubles.join('\n'));
    return [...load, ...answers];
  } finally {
    await loop.stop();
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Feeds {
  readonly engine: FakeEngine;
  readonly sensor: FakeSensor;
  readonly world: GeneratedWorld;
}

async function attribute(loop: AdoptLoop, { engine, sensor, world }: Feeds): Promise<readonly BenchResult[]> {
  const watermark = (): void => engine.report({ kind: 'watermark', at: Date.now() });
  let sent = 0;
  const generate = (connections: number): void => {
    const now = Date.now();
    const flows = Array.from({ length: connections }, () => world.connection(sent++, now, PAIRS));
    sensor.see(...flows.flat());
    watermark();
  };
  // What the generator itself costs, which stands in for the sensor: taken off below.
  const generatedCpu = await paced(
    () => void Array.from({ length: 500 }, (_, n) => world.connection(n, 0, PAIRS)),
  );
  await paced(generate);
  const before = heapMegabytes();
  const cpu = (await paced(generate)) - generatedCpu;
  watermark();
  await until(() => connectionsOf(loop) === sent);
  const resident = process.memoryUsage.rss() / 1e6;
  const grown = heapMegabytes() - before;
  const calls = loop.questions.calls({ at: null, team: null, environment: null, since: null });
  const unnamed = calls.filter((call) => call.from === 'unknown' || call.to === 'unknown').length;
  if (unnamed > 0) throw new Error(`${unnamed} calls have an end without a name`);
  return [
    {
      metric: `share of one core at ${CONNECTIONS_PER_SECOND} connections/s`,
      value: cpu / SECONDS,
      unit: 'cores',
      higherIsBetter: false,
      bar: 1,
      note: `${sent} connections, both sockets of each reported, among ${PAIRS} pairs; without the sensor`,
    },
    {
      metric: 'heap grown by naming as many again',
      value: grown,
      unit: 'MB',
      higherIsBetter: false,
      bar: 5,
      note: `after collecting garbage; resident before that: ${resident.toFixed(0)} MB, with the generator`,
    },
  ];
}

function heapMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

const connectionsOf = (loop: AdoptLoop): number =>
  [...loop.view.calls.records()].reduce((sum, record) => sum + record.connections, 0);

/** Runs it at the rate of the load; gives the processor seconds of this process. */
async function paced(step: (connections: number) => void): Promise<number> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  let done = 0;
  while (performance.now() - startedAt < SECONDS * 1000) {
    await delay(BATCH_EVERY_MS);
    const due = Math.round(((performance.now() - startedAt) / 1000) * CONNECTIONS_PER_SECOND);
    step(due - done);
    done = due;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function answering(loop: AdoptLoop): readonly BenchResult[] {
  const filter = { at: null, team: null, environment: null };
  const questions: Readonly<Record<string, () => unknown>> = {
    status: () => loop.questions.status(),
    services: () => loop.questions.services(filter),
    instances: () => loop.questions.instances({ ...filter, service: null }),
    calls: () => loop.questions.calls({ ...filter, since: null }),
    'who a service': () => loop.questions.who('service-1'),
    'why a b': () => loop.questions.why('service-1', 'service-8', null),
    whois: () => loop.questions.whois({ ip: '10.88.3.7', port: null, at: null, scope: null }),
    lint: () => loop.questions.lint(),
    next: () => loop.questions.next(null),
  };
  return Object.entries(questions).map(([name, ask]) => ({
    metric: `answer: ${name}`,
    value: median(Array.from({ length: 7 }, () => milliseconds(ask))),
    unit: 'ms',
    higherIsBetter: false,
    note: `${INSTANCES} instances in ${SERVICES} services, ${PAIRS} pairs that call`,
  }));
}

function milliseconds(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to an end within a minute');
    await delay(10);
  }
}
