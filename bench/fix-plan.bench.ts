import { type FixProblem, planFixes } from '../src/loops/patch/fix-plan/index.ts';
import type { Benchmark, BenchResult } from './benchmark.ts';
import { generatedOrganisation, type OrganisationOptions } from './fix-plan/generated-organisation.ts';

const IMAGES = 3000;
const SEEDS = 100;
/** Until the code is compiled, a plan takes up to four times as long; that is a result of its own. */
const WARM_UP = 5;

/**
 * A plan over all images of an organisation, proven to be the best. There is no peer: that a plan is
 * the best is proven against brute force, on small problems, in the tests.
 */
export const benchmark: Benchmark = { name: 'fix-plan', run };

async function run(): Promise<readonly BenchResult[]> {
  return [...resultsOf('tree', 50), ...resultsOf('shared', 1000), ...resultsOf('tangled', null)];
}

/** Without a bar, plans need not be proven either, and the share that was is a result. */
function resultsOf(shape: OrganisationOptions['shape'], bar: number | null): readonly BenchResult[] {
  const problems = Array.from({ length: SEEDS }, (_, seed) =>
    generatedOrganisation({ images: IMAGES, seed, shape }),
  );
  const [cold] = problems.slice(0, WARM_UP).map((problem) => measured(problem));
  const runs = problems.map((problem) => measured(problem)).toSorted((left, right) => left.ms - right.ms);
  const [median, worst] = [runs[SEEDS / 2], runs.at(-1)];
  if (median === undefined || worst === undefined || cold === undefined)
    throw new Error('nothing was measured');
  const proven = runs.filter(({ optimal }) => optimal).length;
  if (bar !== null && proven < SEEDS) throw new Error(`${SEEDS - proven} of ${SEEDS} plans were not proven`);
  const note = `${SEEDS} organisations of ${IMAGES} images and 6 packages; ${proven} proven`;
  const timed = { unit: 'ms', higherIsBetter: false, note, ...(bar === null ? {} : { bar }) };
  return [
    { metric: `${WORDS[shape]}: median`, value: median.ms, ...timed },
    { metric: `${WORDS[shape]}: worst of ${SEEDS}`, value: worst.ms, ...timed },
    ...(shape === 'tree'
      ? [{ metric: 'tree: the first one', value: cold.ms, unit: 'ms', higherIsBetter: false }]
      : []),
  ];
}

const WORDS = {
  tree: 'tree',
  shared: 'shared bases that are not built yet',
  tangled: 'the same, any application to any of them',
};

function measured(problem: FixProblem): { readonly ms: number; readonly optimal: boolean } {
  const start = performance.now();
  const { optimal } = planFixes(problem);
  return { ms: performance.now() - start, optimal };
}
