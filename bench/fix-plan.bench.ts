import { type FixProblem, planFixes } from '../src/loops/patch/fix-plan/index.ts';
import type { Benchmark, BenchResult } from './benchmark.ts';
import { generatedOrganisation } from './generated-images.ts';

const IMAGES = 3000;
const SEEDS = 100;

/**
 * A plan over all images of an organisation, proven to be the best. There is no peer: that a plan is
 * the best is proven against brute force, on small problems, in the tests.
 */
export const benchmark: Benchmark = { name: 'fix-plan', run };

async function run(): Promise<readonly BenchResult[]> {
  return [...resultsOf('tree', false, 50), ...resultsOf('shared bases that are not built yet', true, 1000)];
}

function resultsOf(shape: string, shared: boolean, bar: number): readonly BenchResult[] {
  const problems = Array.from({ length: SEEDS }, (_, seed) =>
    generatedOrganisation({ images: IMAGES, seed, shared }),
  );
  const runs = problems.map((problem) => measured(problem)).toSorted((left, right) => left.ms - right.ms);
  const [median, worst] = [runs[SEEDS / 2], runs.at(-1)];
  if (median === undefined || worst === undefined) throw new Error('nothing was measured');
  const unproven = runs.filter(({ optimal }) => !optimal).length;
  if (unproven > 0) throw new Error(`${unproven} of ${SEEDS} plans were not proven`);
  const note = `${SEEDS} organisations of ${IMAGES} images and 6 packages`;
  return [
    { metric: `${shape}: median`, value: median.ms, unit: 'ms', higherIsBetter: false, bar, note },
    { metric: `${shape}: worst of ${SEEDS}`, value: worst.ms, unit: 'ms', higherIsBetter: false, bar },
  ];
}

function measured(problem: FixProblem): {
  readonly ms: number;
  readonly optimal: boolean;
  readonly explored: number;
} {
  const start = process.cpuUsage();
  const { optimal, explored } = planFixes(problem);
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000, optimal, explored };
}
