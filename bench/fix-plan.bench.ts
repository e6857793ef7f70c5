import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { planFixes } from '../src/loops/patch/fix-plan/index.ts';
import type { Benchmark, BenchResult } from './benchmark.ts';
import { generatedOrganisation, type OrganisationOptions } from './fix-plan/generated-organisation.ts';

type Shape = OrganisationOptions['shape'];

const IMAGES = 3000;
const SEEDS = 100;
/** Plans until the code is compiled; what the first one takes is a result of its own. */
const WARM_UP = 5;
/** Processes that plan for the first time. */
const FIRST = 15;

/**
 * A plan over all images of an organisation, proven to be the best. There is no peer: that a plan is
 * the best is proven against brute force, on small problems, in the tests.
 */
export const benchmark: Benchmark = { name: 'fix-plan', run };

async function run(): Promise<readonly BenchResult[]> {
  return [
    ...resultsOf('tree', 50),
    ...firstPlans('tree', 50),
    ...resultsOf('shared', 1000),
    ...firstPlans('shared', 1000),
    ...resultsOf('tangled', null),
  ];
}

/** Without a bar, plans need not be proven either, and the share that was is a result. */
function resultsOf(shape: Shape, bar: number | null): readonly BenchResult[] {
  for (let seed = 0; seed < WARM_UP; seed++) measured(shape, seed);
  const runs = Array.from({ length: SEEDS }, (_, seed) => measured(shape, seed));
  const proven = runs.filter(({ optimal }) => optimal).length;
  if (bar !== null && proven < SEEDS) throw new Error(`${SEEDS - proven} of ${SEEDS} plans were not proven`);
  const note = `${SEEDS} organisations of ${IMAGES} images and 6 packages; ${proven} proven`;
  return medianAndWorst(
    WORDS[shape],
    runs.map(({ ms }) => ms),
    { note, bar },
  );
}

const WORDS = {
  tree: 'tree',
  shared: 'shared bases that are not built yet',
  tangled: 'the same, any application to any of them',
};

/** Nothing is compiled yet. */
function firstPlans(shape: Shape, bar: number): readonly BenchResult[] {
  const program = path.join(import.meta.dirname, 'fix-plan', 'first-plan-entry.ts');
  const times = Array.from({ length: FIRST }, (_, seed) =>
    Number(execFileSync(process.execPath, [program, shape, `${seed}`, `${IMAGES}`], { encoding: 'utf8' })),
  );
  const note = `${FIRST} processes, each with an organisation of its own`;
  return medianAndWorst(`${WORDS[shape]}, first plan of a process`, times, { note, bar });
}

function medianAndWorst(
  what: string,
  times: readonly number[],
  { note, bar }: { readonly note: string; readonly bar: number | null },
): readonly BenchResult[] {
  const sorted = times.toSorted((left, right) => left - right);
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (median === undefined || worst === undefined) throw new Error('nothing was measured');
  const timed = { unit: 'ms', higherIsBetter: false, note, ...(bar === null ? {} : { bar }) };
  return [
    { metric: `${what}: median`, value: median, ...timed },
    { metric: `${what}: worst of ${times.length}`, value: worst, ...timed },
  ];
}

/** One organisation at a time: what others leave behind in the heap is not collected in its time. */
function measured(shape: Shape, seed: number): { readonly ms: number; readonly optimal: boolean } {
  const problem = generatedOrganisation({ images: IMAGES, seed, shape });
  globalThis.gc?.();
  const start = performance.now();
  const { optimal } = planFixes(problem);
  return { ms: performance.now() - start, optimal };
}
