import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Outcome, runTestFile } from './test/file-run.ts';
import { plansFor, type Tier, type TierPlan, TIERS } from './test/files.ts';
import { runGate } from './test/gate.ts';
import { pooled } from './test/pool.ts';
import { describeOutcome, describeTotals, Totals } from './test/report.ts';
import { resultsOf, writeResults } from './test/results.ts';

const USAGE = `node scripts/test.ts check|test|long [--jobs N] [--results FILE] [PATTERN…]

  check   types, lint, format, unused code, import rules and every *.test.ts (tier 1)
  test    check, then *.system.test.ts: real engines, root, external tools (tier 2)
  long    test, then *.long.test.ts (tier 3)

  PATTERN runs only the test files whose path contains it, without the tools.
  --jobs N runs N files of every tier at once (SHEER_TEST_JOBS).
  --results FILE writes what came of each file as JSON, when everything did run: no PATTERN, no interruption.`;

interface Options {
  readonly tier: Tier;
  readonly patterns: readonly string[];
  readonly jobs: number | null;
  readonly results: string | null;
}

process.chdir(join(import.meta.dirname, '..'));
const options = readOptions();
if (options === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = (await run(options)) ? 0 : 1;
}

/** Whether everything that was to run did run and passed. */
async function run({ tier, patterns, jobs, results }: Options): Promise<boolean> {
  const began = performance.now();
  const strict = process.env['CI'] === 'true';
  const totals = new Totals();
  const outcomes: Outcome[] = [];
  const interrupted = untilInterrupted();
  const isWhole = patterns.length === 0;
  const plans = plansFor(tier, patterns, jobs);
  const isEmpty = plans.every(({ files }) => files.length === 0);
  for await (const outcome of outcomesOf(plans, isWhole, interrupted)) {
    outcomes.push(outcome);
    totals.add(outcome, strict);
    console.log(describeOutcome(outcome));
  }
  const durationMs = performance.now() - began;
  if (isEmpty) console.log('✘ no test file was found');
  if (results !== null && isWhole && !interrupted.aborted)
    writeResults(results, resultsOf(outcomes, strict, durationMs));
  console.log(describeTotals(totals, durationMs));
  return !interrupted.aborted && !isEmpty && totals.passed > 0 && totals.failed === 0;
}

/** The gate first, unless only some files are to run; then the tiers, one after the other. */
async function* outcomesOf(
  plans: readonly TierPlan[],
  withGate: boolean,
  interrupted: AbortSignal,
): AsyncIterable<Outcome> {
  if (withGate) yield* runGate();
  for (const { files, jobs, deadlineMs } of plans)
    yield* pooled(files, jobs, (file) => runTestFile(file, deadlineMs, interrupted), interrupted);
}

/** What runs is ended and cleaned up first; a second signal ends the runner at once. */
function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}

function readOptions(): Options | null {
  const { values, positionals } = parseArgs({
    options: {
      jobs: { type: 'string', default: process.env['SHEER_TEST_JOBS'] ?? '' },
      results: { type: 'string' },
    },
    allowPositionals: true,
  });
  const tier = TIERS.find((each) => each === positionals[0]);
  const jobs = values.jobs === '' ? null : Number(values.jobs);
  if (tier === undefined || (jobs !== null && !(Number.isInteger(jobs) && jobs > 0))) return null;
  return { tier, patterns: positionals.slice(1), jobs, results: values.results ?? null };
}
