import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdvisoryStore } from '#store';
import { openAdvisories } from '../src/app/advisories/open-advisories.ts';
import { syncAdvisories, type SyncSummary } from '../src/app/advisories/sync-advisories.ts';
import { rangesOf } from '../src/loops/patch/matching/version-intervals.ts';
import { compareVersions, parseEcosystem } from '#versions';
import { AdvisoryGenerator } from './advisories/generated-advisories.ts';
import { ZipWriter } from './advisories/zip-writer.ts';
import type { BenchResult, Benchmark } from './benchmark.ts';

/** `SHEERLINE_BENCH_LONG=1` syncs the two million records of the design; making them takes a minute. */
const RECORDS = process.env['SHEERLINE_BENCH_LONG'] === '1' ? 2_000_000 : 200_000;
const FULL = 2_000_000;
const INCREMENT = 1000;
const CHUNK = 1000;
const LOOKUPS = 1000;

/** Advisories from a file to the store, at first and again, and back by an id. */
export const benchmark: Benchmark = {
  name: 'advisories',
  async run(): Promise<readonly BenchResult[]> {
    const directory = mkdtempSync(join(tmpdir(), 'sheer-bench-advisories-'));
    try {
      const { lines, zip } = generate(directory);
      const fromLines = await measureFull(directory, 'lines', lines);
      const fromZip = await measureFull(directory, 'zip', zip);
      return [...fromLines, ...fromZip, ...(await measureIncrement(directory, zip))];
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

function generate(directory: string): { readonly lines: string; readonly zip: string } {
  const [lines, zip] = [join(directory, 'all.jsonl'), join(directory, 'all.zip')];
  const generator = new AdvisoryGenerator();
  const file = openSync(lines, 'w');
  const archive = new ZipWriter(zip);
  for (let done = 0; done < RECORDS; done += CHUNK) {
    const records = Array.from({ length: CHUNK }, () => generator.next());
    writeSync(file, `${records.join('\n')}\n`);
    for (const [index, record] of records.entries())
      archive.add(`A-${done + index}.json`, Buffer.from(record));
  }
  closeSync(file);
  archive.finish();
  return { lines, zip };
}

async function measureFull(directory: string, what: string, place: string): Promise<readonly BenchResult[]> {
  const folder = join(directory, what);
  const store = openAdvisories(folder);
  const measured = await measure(store, place);
  assert.equal(measured.summary?.written.added, RECORDS);
  assert.equal(measured.summary.counts.refused, 0);
  store.close();
  const bar = what === 'zip' ? 240 : 120;
  const note = `${RECORDS} records of ${Math.round(statSync(join(directory, 'all.jsonl')).size / RECORDS)} bytes, 1 thread`;
  return [
    {
      metric: `first sync from ${what}`,
      value: measured.seconds,
      unit: 's',
      higherIsBetter: false,
      bar: (bar * RECORDS) / FULL,
      note: `${note}; ${measured.cpuSeconds.toFixed(1)} s of CPU`,
    },
    {
      metric: `on disk after a sync from ${what}, with the raw records`,
      value: bytesOf(folder) / 1e6,
      unit: 'MB',
      higherIsBetter: false,
      bar: (2000 * RECORDS) / FULL,
      note,
    },
  ];
}

/** In the store that came from the zip: the zip again, a thousand records in a file, and questions. */
async function measureIncrement(directory: string, zip: string): Promise<readonly BenchResult[]> {
  const store = openAdvisories(join(directory, 'zip'));
  const time = { unit: 's', higherIsBetter: false } as const;
  const unchanged = await measure(store, zip);
  assert.deepEqual(unchanged.summary?.written.changed, 0);
  const changes = join(directory, 'changes.jsonl');
  const records = new AdvisoryGenerator();
  writeFileSync(changes, records.lines(INCREMENT).replaceAll('"modified":"20', '"modified":"21'));
  const generation = store.generation();
  const increment = await measure(store, changes);
  assert.equal(increment.summary?.written.added, INCREMENT);
  const matching = seconds(() => assert.equal(countRanges(store, generation), INCREMENT));
  const questions = Array.from(
    { length: LOOKUPS },
    (_, index) => `CVE-${2010 + (index % 16)}-${10_000 + index * 17}`,
  );
  const lookups = questions
    .map((id) => seconds(() => store.byId(id)))
    .toSorted((left, right) => left - right);
  store.close();
  return [
    { metric: 'sync of an unchanged zip', value: unchanged.seconds, ...time, note: `${RECORDS} records` },
    {
      metric: `incremental sync of ${INCREMENT} records, with their ranges`,
      value: increment.seconds + matching,
      bar: 1,
      ...time,
      note: `${RECORDS} records beside them; ${(increment.cpuSeconds + matching).toFixed(2)} s of CPU`,
    },
    {
      metric: 'records of an id, p99',
      value: (lookups[Math.floor(LOOKUPS * 0.99)] ?? 0) * 1000,
      unit: 'ms',
      higherIsBetter: false,
      note: 'by alias, parsed from the raw record',
    },
  ];
}

function countRanges(store: AdvisoryStore, generation: number): number {
  let changes = 0;
  for (const { now } of [...store.changedSince(generation)].flat()) {
    changes += 1;
    for (const entry of now?.advisory.affected ?? []) {
      const scheme = parseEcosystem(entry.ecosystem)?.scheme;
      if (scheme !== undefined) rangesOf(entry, (left, right) => compareVersions(scheme, left, right));
    }
  }
  return changes;
}

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly summary: SyncSummary | null;
}

async function measure(store: AdvisoryStore, place: string): Promise<Measured> {
  const [started, usage] = [performance.now(), process.cpuUsage()];
  const summary = await syncAdvisories(store, {
    place,
    directory: tmpdir(),
    clock: Date.now,
    signal: new AbortController().signal,
    progress: () => {},
    document: () => {},
  });
  const { user, system } = process.cpuUsage(usage);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6, summary };
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

function bytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
