import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { commit, machine } from '../../bench/circumstances.ts';
import type { Outcome } from './file-run.ts';
import { Totals } from './report.ts';

/** What a run of tests came to, to be committed like the results of a benchmark. */
export interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** The gate's tools and the test files, in the order in which they were done. */
  readonly files: readonly FileResult[];
}

export interface FileResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** The names of what failed; missing where nothing did. */
  readonly failures?: readonly string[];
}

/** @param strict whether what was skipped counts as failed, as in {@link Totals.add} */
export function resultsOf(outcomes: readonly Outcome[], strict: boolean, durationMs: number): Results {
  return {
    ...countsOf(outcomes, strict),
    seconds: secondsOf(durationMs),
    files: outcomes.map((outcome) => ({
      name: outcome.name,
      ...countsOf([outcome], strict),
      seconds: secondsOf(outcome.durationMs),
      ...(outcome.failures.length === 0 ? {} : { failures: outcome.failures.map(({ name }) => name) }),
    })),
  };
}

/** Writes them with where and of what they are. */
export function writeResults(path: string, results: Results): void {
  const document = {
    name: basename(path, '.json'),
    date: new Date().toISOString(),
    machine: machine(),
    versions: { node: process.version, commit: commit(), ...toolVersions() },
    results,
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
}

function countsOf(
  outcomes: readonly Outcome[],
  strict: boolean,
): Pick<Results, 'passed' | 'failed' | 'skipped'> {
  const totals = new Totals();
  for (const outcome of outcomes) totals.add(outcome, strict);
  return { passed: totals.passed, failed: totals.failed, skipped: totals.skipped };
}

const secondsOf = (durationMs: number): number => Math.round(durationMs / 100) / 10;

/** Of the programs that the tests of real things are about. */
const TOOLS: readonly string[] = [
  ...['podman', 'runc', 'bpftrace', 'conntrack'],
  ...['docker-registry', 'skopeo', 'buildah', 'dpkg', 'rpm'],
];

/** Null where one is not installed. */
function toolVersions(): Readonly<Record<string, string | null>> {
  return Object.fromEntries(TOOLS.map((tool) => [tool, versionOf(tool)]));
}

function versionOf(tool: string): string | null {
  try {
    const text = execFileSync(tool, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return /\d\S*/.exec(text)?.[0] ?? null;
  } catch {
    return null;
  }
}
