import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewFact } from '#model';
import { openSqliteStore, type FlowRow, type Store } from '#store';
import type { Benchmark, BenchResult } from './benchmark.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;
const REPLAY_FACTS = 1_000_000;
const REPLAY_BATCH = 1000;
const FLOW_ROWS = 500_000;
const FLOW_BATCH = 1000;
const FLOWS_PER_MINUTE = 5000;
const SNAPSHOT_BYTES = 100_000_000;

/** Batch size, and how many facts to measure it with. */
const APPENDS = [
  [1, 5000],
  [10, 50_000],
  [100, 500_000],
  [1000, 500_000],
] as const;

export const benchmark: Benchmark = {
  name: 'store',
  run: async () => [...measureAppends(), ...measureReplay(), ...measureFlows(), ...measureSnapshot()],
};

function measureAppends(): readonly BenchResult[] {
  return APPENDS.map(([batch, facts]) =>
    withStore((store) => ({
      metric: `durable facts in batches of ${batch}`,
      value: perSecond(facts, () => fill(store, facts, batch)),
      unit: 'facts/s',
      ...(batch === 100 ? { bar: 100_000 } : {}),
      note: 'one writer, synchronous=FULL, SHA-256 chain, each batch returned before the next',
    })),
  );
}

function measureReplay(): readonly BenchResult[] {
  return withStore((store) => {
    fill(store, REPLAY_FACTS, REPLAY_BATCH);
    const replayed = seconds(() => assert.equal(count(store.replay('observations', 0)), REPLAY_FACTS));
    const read = seconds(() => assert.equal(count(store.read('observations', 0)), REPLAY_FACTS));
    const verified = seconds(() => assert.equal(store.verify('observations').ok, true));
    const time = {
      unit: 's',
      higherIsBetter: false,
      note: 'facts of 320 bytes, parsed where facts come out',
    };
    return [
      { metric: 'verified replay of 1 million facts', value: replayed, bar: 5, ...time },
      { metric: 'reading 1 million facts', value: read, ...time },
      { metric: 'verifying 1 million facts', value: verified, ...time },
    ];
  });
}

function measureFlows(): readonly BenchResult[] {
  return withStore((store) => {
    const add = (): void => {
      for (let done = 0; done < FLOW_ROWS; done += FLOW_BATCH) {
        store.measurements.addFlows(Array.from({ length: FLOW_BATCH }, (_, index) => flow(done + index)));
      }
    };
    const inserted = perSecond(FLOW_ROWS, add);
    const updated = perSecond(FLOW_ROWS, add);
    const rows = { unit: 'rows/s', bar: 100_000, note: 'batches of 1000, 5000 different rows per minute' };
    return [
      { metric: 'flow rows inserted', value: inserted, ...rows },
      { metric: 'flow rows added to existing ones', value: updated, ...rows },
    ];
  });
}

function measureSnapshot(): readonly BenchResult[] {
  return withStore((store) => {
    const parts = [new Uint8Array(SNAPSHOT_BYTES).fill(7)];
    const positions = { audit: 0, observations: 0 };
    const written = seconds(() => store.snapshots.write('graph', { version: 1, positions, parts }));
    const read = seconds(() => assert.notEqual(store.snapshots.read('graph', 1), null));
    const time = { unit: 's', higherIsBetter: false, note: 'checksummed; read from the page cache' };
    return [
      { metric: 'snapshot of 100 MB written', value: written, ...time },
      { metric: 'snapshot of 100 MB read', value: read, ...time },
    ];
  });
}

function withStore<Result>(work: (store: Store) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'sheer-bench-'));
  const store = openSqliteStore({ directory, clock: () => NOW, node: 'node-1' });
  try {
    return work(store);
  } finally {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function fill(store: Store, facts: number, batch: number): void {
  for (let done = 0; done < facts; done += batch) {
    store.append(
      'observations',
      Array.from({ length: batch }, (_, index) => fact(done + index)),
      done,
    );
  }
}

function count(batches: Iterable<readonly unknown[]>): number {
  let facts = 0;
  for (const batch of batches) facts += batch.length;
  return facts;
}

function perSecond(things: number, work: () => void): number {
  return Math.round(things / seconds(work));
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** That a container holds an address: the most frequent kind of fact. */
function fact(sequence: number): NewFact {
  const ip = `10.88.${(sequence >> 8) & 255}.${sequence & 255}`;
  const holder = `container/${String(sequence).padStart(64, 'a')}`;
  const scope = 'network/podman';
  return {
    recordedAt: NOW + sequence / 1000,
    evidence: 'observed',
    source: { id: 'podman', node: 'node-1', sequence },
    kind: 'assert',
    subject: { kind: 'address', id: `${scope} ${ip} instance:${holder}` },
    validFrom: NOW + sequence / 1000,
    data: { scope, ip, port: null, protocol: null, holder: { kind: 'instance', id: holder } },
  };
}

function flow(index: number): FlowRow {
  const minute = NOW + Math.floor(index / FLOWS_PER_MINUTE) * MINUTE_MS;
  const pair = index % FLOWS_PER_MINUTE;
  return {
    minute,
    source: 'tcp',
    protocol: 'tcp',
    clientScope: 'network/podman',
    clientIp: `10.88.${pair >> 8}.${pair & 255}`,
    client: `container/${String(pair % 200).padStart(64, 'a')}`,
    serverScope: 'network/podman',
    serverIp: `10.88.255.${pair % 7}`,
    serverPort: 5432,
    server: `container/${String(pair % 7).padStart(64, 'b')}`,
    verdict: 'accepted',
    connections: 3,
    bytes: pair % 2 === 0 ? null : 4096,
    firstAt: minute + 1.5,
    lastAt: minute + 59_000.5,
    unknown: '',
  };
}
