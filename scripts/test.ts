import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTestFile } from './test/file-run.ts';
import { plansFor, type Tier, TIERS } from './test/files.ts';
import { runGate } from './test/gate.ts';
import { pooled } from './test/pool.ts';
import { describeOutcome, describeTotals, Totals } from './test/report.ts';

const USAGE = `node scripts/test.ts check|test|long [--jobs N] [PATTERN…]

  check   types, lint, format, unused code, import rules and every *.test.ts (tier 1)
  test    check, then *.system.test.ts: real engines, root, external tools (tier 2)
  long    test, then *.long.test.ts (tier 3)

  PATTERN runs only the test files whose path contains it, without the tools.
  --jobs N runs N files of every tier at once (SHEER_TEST_JOBS).`;

interface Options {
  readonly tier: Tier;
  readonly patterns: readonly string[];
  readonly jobs: number | null;
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
async function run({ tier, patterns, jobs }: Options): Promise<boolean> {
  const began = performance.now();
  const strict = process.env['CI'] === 'true';
  const totals = new Totals();
  const interrupted = untilInterrupted();
  if (patterns.length === 0) {
    for await (const outcome of runGate()) {
      totals.add(outcome, strict);
      console.log(describeOutcome(outcome));
    }
  }
  let files = 0;
  for (const plan of plansFor(tier, patterns, jobs)) {
    files += plan.files.length;
    const outcomes = pooled(
      plan.files,
      plan.jobs,
      (file) => runTestFile(file, plan.deadlineMs, interrupted),
      interrupted,
    );
    for await (const outcome of outcomes) {
      totals.add(outcome, strict);
      console.log(describeOutcome(outcome));
    }
  }
  if (files === 0) console.log('✘ no test file was found');
  console.log(describeTotals(totals, performance.now() - began));
  return !interrupted.aborted && files > 0 && totals.passed > 0 && totals.failed === 0;
}

/** What runs is ended and cleaned up first; a second signal ends the runner at once. */
function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}

function readOptions(): Options | null {
  const { values, positionals } = parseArgs({
    options: { jobs: { type: 'string', default: process.env['SHEER_TEST_JOBS'] ?? '' } },
    allowPositionals: true,
  });
  const tier = TIERS.find((each) => each === positionals[0]);
  const jobs = values.jobs === '' ? null : Number(values.jobs);
  if (tier === undefined || (jobs !== null && !(Number.isInteger(jobs) && jobs > 0))) return null;
  return { tier, patterns: positionals.slice(1), jobs };
}
