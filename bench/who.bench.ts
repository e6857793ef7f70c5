import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { affectedInstances } from '../src/loops/patch/affected/affected.ts';
import { affectedJson, ask } from '../src/loops/patch/answers/who.ts';
import { momentOf } from '../src/loops/patch/running/moment.ts';
import type { Advisory } from '../src/model/index.ts';
import type { Benchmark, BenchResult } from './benchmark.ts';
import { seeded } from './generated-addresses.ts';
import { anyLibrary, POPULAR } from './package-lists/generated-lists.ts';
import { generatedView, saveGeneratedIndex, type GeneratedView } from './who/patch-world.ts';

const INSTANCES = 100_000;
const VULNERABILITIES = 2000;

/** Who is affected by a vulnerability, from its id to the whole answer with all names. */
export const benchmark: Benchmark = { name: 'who', run };

async function run(): Promise<readonly BenchResult[]> {
  const random = seeded(11);
  const advisories = Array.from({ length: VULNERABILITIES }, (_, number) => advisoryOf(random, number));
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-bench-who-'));
  try {
    await saveGeneratedIndex(directory);
    return results(generatedView(directory, INSTANCES, advisories), advisories);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function results(
  { view, loading, ...world }: GeneratedView,
  advisories: readonly Advisory[],
): readonly BenchResult[] {
  try {
    view.images.node('');
    const moment = momentOf(null, view.running, view.instances);
    const ids = advisories.map(({ id }) =>
      timed(() => affectedInstances(ask(view, id).holdings.images, moment).length),
    );
    const whole = advisories.map(({ id }) => timed(() => affectedJson(view, id, null).length));
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const found = ids.map((each) => each.size).toSorted((left, right) => left - right);
    const note = `${VULNERABILITIES} vulnerabilities; ${found[VULNERABILITIES >> 1]} instances at the median, ${found.at(-1)} at most`;
    return [
      ...latencies('ids of affected instances', ids, 10, note),
      ...latencies('whole answer as JSON', whole, 50, `at most ${largest(whole)} MB of JSON`),
      {
        metric: 'index of 50,000 lists from its snapshot',
        value: loading.cpuMs,
        unit: 'ms of CPU',
        bar: 1000,
        higherIsBetter: false,
        note: `${Math.round(loading.bytes / 1e6)} MB of typed arrays`,
      },
      { metric: 'resident', value: rss / 1e6, unit: 'MB', bar: 1000, higherIsBetter: false },
      {
        metric: 'heap and arrays in use',
        value: (heapUsed + external) / 1e6,
        unit: 'MB',
        higherIsBetter: false,
      },
    ];
  } finally {
    world.close();
  }
}

interface Timed {
  readonly ms: number;
  readonly size: number;
}

function timed(work: () => number): Timed {
  const start = performance.now();
  const size = work();
  return { ms: performance.now() - start, size };
}

function largest(times: readonly Timed[]): string {
  return (Math.max(...times.map(({ size }) => size)) / 1e6).toFixed(1);
}

function latencies(
  metric: string,
  times: readonly Timed[],
  bar: number,
  note: string,
): readonly BenchResult[] {
  const sorted = times.map(({ ms }) => ms).toSorted((left, right) => left - right);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  return [
    { metric: `${metric}, p99`, value: at(0.99), unit: 'ms', bar, higherIsBetter: false, note },
    { metric: `${metric}, median`, value: at(0.5), unit: 'ms', higherIsBetter: false },
    { metric: `${metric}, slowest`, value: at(1), unit: 'ms', higherIsBetter: false },
  ];
}

/** The first one is in what nearly every image of one distribution has. */
function advisoryOf(random: () => number, number: number): Advisory {
  const { ecosystem, name, version } = number === 0 ? { ...POPULAR, version: '1.0-99' } : anyLibrary(random);
  const id = `CVE-2026-${10_000 + number}`;
  return {
    id: `OSV-${number}`,
    modified: 0,
    published: 0,
    withdrawn: null,
    aliases: [id],
    summary: `a flaw in ${name}`,
    severity: 'high',
    score: 8.1,
    affected: [
      {
        ecosystem,
        // Distributions' advisories speak of sources.
        name: ecosystem.includes(':') ? name.replace(/^library-(\d+)$/, sourceOf) : name,
        versions: [],
        ranges: [
          {
            type: 'ECOSYSTEM',
            events: [
              { kind: 'introduced', version: '0' },
              { kind: 'fixed', version },
            ],
          },
        ],
      },
    ],
  };
}

function sourceOf(_: string, number: string): string {
  return `source-${Math.floor(Number(number) / 3)}`;
}
