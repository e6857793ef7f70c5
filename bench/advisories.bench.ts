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
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createAdvisoryIntake } from '../src/app/advisories/advisory-intake.ts';
import { openAdvisories } from '../src/app/advisories/open-advisories.ts';
import type { IntakeStep } from '../src/loops/patch/index.ts';
import { parseAdvisory } from '../src/sensors/index.ts';
import type { AdvisoryStore } from '../src/store/index.ts';
import { AdvisoryGenerator } from './advisories/generated-advisories.ts';
import { KnownLists, libraryRecords } from './advisories/known-lists.ts';
import { ZipWriter } from './advisories/zip-writer.ts';
import type { BenchResult, Benchmark } from './benchmark.ts';

/** `SHEERLINE_BENCH_LONG=1` syncs the two million records of the design; making them takes minutes. */
const IS_FULL = process.env['SHEERLINE_BENCH_LONG'] === '1';
const FULL = 2_000_000;
const RECORDS = IS_FULL ? FULL : 200_000;
/** Beside which the increment is matched. */
const IMAGES = IS_FULL ? 50_000 : 5000;
const INCREMENT = 1000;
const CHUNK = 1000;
const LOOKUPS = 1000;

const time = { unit: 's', higherIsBetter: false } as const;

/** Advisories from a file to the store, at first and again, and back by an id. */
export const benchmark: Benchmark = {
  name: 'advisories',
  async run(): Promise<readonly BenchResult[]> {
    const directory = mkdtempSync(join(tmpdir(), 'sheer-bench-advisories-'));
    try {
      const { lines, zip } = generate(directory);
      return [
        ...(await measureFull(directory, 'lines', lines)),
        ...(await measureFull(directory, 'zip', zip)),
        ...(await measureAgain(join(directory, 'zip'), zip)),
        ...(await measureIncrement(join(directory, 'zip'))),
        lookups(join(directory, 'zip')),
      ];
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
  const measured = await measure(folder, place);
  assert.deepEqual([measured.step.changed, measured.step.refused], [RECORDS, 0]);
  const bar = what === 'zip' ? 240 : 120;
  const note = `${RECORDS} records of ${Math.round(statSync(join(directory, 'all.jsonl')).size / RECORDS)} bytes`;
  return [
    {
      metric: `first sync from ${what}`,
      value: measured.seconds,
      ...time,
      bar: (bar * RECORDS) / FULL,
      note: `${note}; ${measured.cpuSeconds.toFixed(1)} s of CPU, in a thread of its own`,
    },
    {
      metric: `longest block of the control plane by a sync from ${what}`,
      value: measured.longestBlockMs,
      unit: 'ms',
      higherIsBetter: false,
      note: 'how late its event loop was, once, beside the thread that syncs',
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

/** The same archive once more. */
async function measureAgain(folder: string, zip: string): Promise<readonly BenchResult[]> {
  const again = await measure(folder, zip);
  assert.deepEqual([again.step.read, again.step.changed], [RECORDS, 0]);
  const note = `${RECORDS} records; ${again.cpuSeconds.toFixed(1)} s of CPU`;
  return [{ metric: 'sync of an unchanged zip', value: again.seconds, ...time, note }];
}

/** New records, of which a tenth is about what images hold, from the file to the affected images. */
async function measureIncrement(folder: string): Promise<readonly BenchResult[]> {
  const lists = new KnownLists(IMAGES);
  const held = libraryRecords(INCREMENT);
  const others = new AdvisoryGenerator(2, FULL);
  const records = held.map((record, index) => (index % 10 === 0 ? record : others.next()));
  const changes = join(folder, '..', 'changes.jsonl');
  writeFileSync(changes, records.join('\n'));
  const store = openAdvisories(folder);
  const generation = store.generation();
  const increment = await measure(folder, changes);
  assert.equal(increment.step.changed, INCREMENT);
  const matching = seconds(() => matchSince(store, generation, lists));
  store.close();
  const beside = `beside ${RECORDS} records and ${IMAGES} images`;
  return [
    {
      metric: `incremental sync of ${INCREMENT} records, with matching`,
      value: increment.seconds + matching,
      bar: 1,
      ...time,
      note: `${beside}; a tenth is about what they hold; ${(increment.cpuSeconds + matching).toFixed(2)} s of CPU`,
    },
    { metric: `of it, matching`, value: matching, ...time },
    matchingOfHeld(lists, held),
  ];
}

function matchingOfHeld(lists: KnownLists, records: readonly string[]): BenchResult {
  const advisories = records.map((record) => {
    const reading = parseAdvisory(Buffer.from(record));
    assert.ok(reading.kind === 'read');
    return reading.value;
  });
  let images = 0;
  const value = seconds(() => {
    for (const advisory of advisories) images += lists.affectedBy(advisory);
  });
  const note = `each affects ${Math.round(images / records.length)} of ${IMAGES} images on average`;
  return {
    metric: `matching of ${records.length} records, all about what images hold`,
    value,
    ...time,
    note,
  };
}

function matchSince(store: AdvisoryStore, generation: number, lists: KnownLists): void {
  let [changes, images] = [0, 0];
  for (const { now } of [...store.changedSince(generation)].flat()) {
    changes += 1;
    if (now !== null) images += lists.affectedBy(now.advisory);
  }
  assert.equal(changes, INCREMENT);
  assert.ok(images > 0);
}

function lookups(folder: string): BenchResult {
  const store = openAdvisories(folder);
  const times = Array.from({ length: LOOKUPS }, (_, index) =>
    seconds(() => store.byId(`CVE-${2010 + (index % 16)}-${10_000 + index * 17}`)),
  );
  store.close();
  return {
    metric: 'records of an id, p99',
    value: (times.toSorted((left, right) => left - right)[Math.floor(LOOKUPS * 0.99)] ?? 0) * 1000,
    unit: 'ms',
    higherIsBetter: false,
    note: 'by alias, parsed from the raw record',
  };
}

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly longestBlockMs: number;
  readonly step: IntakeStep;
}

/** As the control plane does it. */
async function measure(folder: string, place: string): Promise<Measured> {
  const intake = createAdvisoryIntake({ directory: folder, clock: Date.now });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const [started, usage] = [performance.now(), process.cpuUsage()];
  delay.enable();
  let step: IntakeStep | null = null;
  for await (const each of intake.read(place, { acceptFewer: false, signal: new AbortController().signal }))
    step = each;
  delay.disable();
  const { user, system } = process.cpuUsage(usage);
  const took = (performance.now() - started) / 1000;
  assert.ok(step !== null);
  return { seconds: took, cpuSeconds: (user + system) / 1e6, longestBlockMs: delay.max / 1e6, step };
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

function bytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
