import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import {
  addressId,
  containerInstanceId,
  networkScope,
  type AddressData,
  type InstanceData,
  type NewFact,
} from '#model';
import { type Graph, LATEST } from '#graph';
import { openSqliteStore, type Store } from '#store';
import { GraphKeeper } from '../src/loops/adopt/graph-keeper.ts';
import { restoreGraph, saveGraphInBackground } from '../src/loops/adopt/restore.ts';
import type { Benchmark, BenchResult } from './benchmark.ts';

const FACTS = 1_000_000;
const BATCH = 1000;
const ROUNDS = 5;
const BEGIN = 1_790_000_000_000;
const INSTANCE_EVERY_MS = 1000;
const NODE = 'bench';
const ADDRESSES = 50_000;
/** Of all instances these are still alive at the end. */
const ALIVE = 10_000;

/** From a store with a million facts to a graph that answers, by snapshot and by verified replay. */
export const benchmark: Benchmark = { name: 'graph', run };

async function run(): Promise<readonly BenchResult[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sheerline-bench-'));
  try {
    const store = openSqliteStore({ directory, clock: Date.now, node: NODE });
    fill(store);
    const replayed = timed(() => restoreGraph(store));
    const saved = await timedBlocking(() => saveGraphInBackground(store, replayed.result));
    const before = megabytes();
    const restored = timed(() => restoreGraph(store));
    const held = megabytes() - before;
    // Page cache and neighbours move a single reading by half; the first one is among these.
    const restores = [
      restored.ms,
      ...Array.from({ length: ROUNDS - 1 }, () => timed(() => restoreGraph(store)).ms),
    ];
    const listed = timed(() => [...restored.result.all('instance', LATEST)].length);
    if (listed.result !== ALIVE) throw new Error(`${listed.result} instances are alive, not ${ALIVE}`);
    const forgotten = await timedBlocking(() => forgetHalf(store, restored.result));
    store.close();
    return [
      {
        metric: '1 million facts: graph from a snapshot',
        value: restores.toSorted((left, right) => left - right)[(ROUNDS - 1) / 2] ?? Number.NaN,
        unit: 'ms',
        bar: 500,
        higherIsBetter: false,
        note: `median of ${ROUNDS}`,
      },
      {
        metric: '1 million facts: graph by verified replay',
        value: replayed.ms,
        unit: 'ms',
        bar: 5000,
        higherIsBetter: false,
      },
      {
        metric: 'writing the snapshot, in the background',
        value: saved.ms,
        unit: 'ms',
        higherIsBetter: false,
      },
      { metric: 'longest block while writing the snapshot', ...longest(saved.longestMs) },
      { metric: 'longest block while forgetting half', ...longest(forgotten.longestMs) },
      {
        metric: '1 million facts: memory of the graph',
        value: held,
        unit: 'MB',
        higherIsBetter: false,
        note: 'after collecting garbage; as large as the snapshot, which becomes the graph',
      },
      {
        metric: `first list of ${ALIVE} live instances of 250,000`,
        value: listed.ms,
        unit: 'ms',
        higherIsBetter: false,
      },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** As the control plane does it once a day; the snapshot of what is left included. */
async function forgetHalf(store: Store, graph: Graph): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const keeper = new GraphKeeper({
    store,
    graph,
    flush: () => undefined,
    forgotten: () => resolve(),
    failed: reject,
  });
  keeper.forget(BEGIN + (FACTS / 8) * INSTANCE_EVERY_MS);
  await promise;
  await keeper.stop();
}

async function timedBlocking(
  work: () => Promise<void>,
): Promise<{ readonly ms: number; readonly longestMs: number }> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  // Its first turn begins the measurement; the last one sees what was blocked until then.
  await setTimeout(5);
  delays.reset();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  await setTimeout(5);
  delays.disable();
  return { ms, longestMs: delays.max / 1e6 };
}

const longest = (value: number): Pick<BenchResult, 'value' | 'unit' | 'higherIsBetter' | 'note'> => ({
  value,
  unit: 'ms',
  higherIsBetter: false,
  note: 'of the event loop, one million facts in memory',
});

function megabytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

function timed<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const start = performance.now();
  const result = work();
  return { result, ms: performance.now() - start };
}

/** Containers that start, take an address, give it back and end: four facts each. */
function fill(store: Store): void {
  let batch: NewFact[] = [];
  let sequence = 0;
  const instances = FACTS / 4 + ALIVE / 2;
  const add = (
    fact:
      | Omit<Extract<NewFact, { kind: 'assert' }>, 'source' | 'recordedAt' | 'evidence'>
      | Omit<Extract<NewFact, { kind: 'end' }>, 'source' | 'recordedAt' | 'evidence'>,
  ): void => {
    const source = { id: 'podman', node: NODE, sequence: ++sequence };
    batch.push({ ...fact, recordedAt: fact.validFrom, evidence: 'observed', source });
    if (batch.length < BATCH) return;
    store.append('observations', batch, store.head('observations').position);
    batch = [];
  };
  for (let index = 0; index < instances; index++) {
    const id = containerInstanceId(index.toString(16).padStart(64, '0'));
    const from = BEGIN + index * INSTANCE_EVERY_MS;
    const address: AddressData = {
      scope: networkScope(NODE, 'podman'),
      ip: `10.88.${Math.floor((index % ADDRESSES) / 250)}.${(index % 250) + 2}`,
      port: null,
      protocol: null,
      holder: { kind: 'instance', id },
    };
    add({ kind: 'assert', subject: { kind: 'instance', id }, validFrom: from, data: instanceData(index) });
    add({
      kind: 'assert',
      subject: { kind: 'address', id: addressId(address) },
      validFrom: from,
      data: address,
    });
    if (index >= instances - ALIVE) continue;
    add({ kind: 'end', subject: { kind: 'address', id: addressId(address) }, validFrom: from + 900 });
    add({ kind: 'end', subject: { kind: 'instance', id }, validFrom: from + 900 });
  }
  if (batch.length > 0) store.append('observations', batch, store.head('observations').position);
}

const instanceData = (index: number): InstanceData => ({
  kind: 'container',
  engine: 'podman',
  node: NODE,
  name: `service-${index % 100}-${index}`,
  images: [
    {
      name: `registry.example/shop/service-${index % 100}:1.${index % 7}`,
      id: `sha256:${(index % 100).toString(16).padStart(64, 'a')}`,
    },
  ],
  labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': `service-${index % 100}` },
  pid: 1000 + (index % 30_000),
  state: 'running',
  exitCode: null,
  executable: null,
  unit: null,
  cgroup: `/libpod_parent/libpod-${index.toString(16).padStart(64, '0')}`,
  user: null,
  networks: ['podman'],
  addressMissing: null,
});
