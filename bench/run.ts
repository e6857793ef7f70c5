/**
 * `npm run bench -- [NAME…] [--check]`: runs each benchmark in a process of its own, one after the
 * other, prints its results against bars and peers, and writes bench/results/NAME.json. With
 * `--check` it exits 1 when one misses its bar or its peer; otherwise only when one fails to run.
 */
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { type BenchReport, type BenchResult, type BenchVerdict, verdictOf } from './benchmark.ts';
import { commit, machine } from './circumstances.ts';

const DIRECTORY = import.meta.dirname;
const SUFFIX = '.bench.ts';
const MARKS: Readonly<Record<BenchVerdict, string>> = { pass: '✔', fail: '✘', reported: ' ' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' } },
});
process.exitCode = await runAll(positionals, values.check ?? false);

async function runAll(wanted: readonly string[], check: boolean): Promise<number> {
  const known = readdirSync(DIRECTORY)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
  const foreign = wanted.find((name) => !known.includes(name));
  if (foreign !== undefined) {
    console.error(`there is no benchmark "${foreign}"; there are: ${known.toSorted().join(', ')}`);
    return 2;
  }
  let missed = 0;
  let broken = 0;
  for (const name of wanted.length > 0 ? wanted : known.toSorted()) {
    const report = await runOne(name);
    if (report === null) broken += 1;
    else missed += publish(name, report);
  }
  return broken > 0 || (check && missed > 0) ? 1 : 0;
}

/** Null when its process failed; what it said stands on standard error. */
async function runOne(name: string): Promise<BenchReport | null> {
  console.log(`\n${name}`);
  const child = fork(path.join(DIRECTORY, 'run-one.ts'), [name], {
    execArgv: ['--expose-gc'],
    stdio: 'inherit',
  });
  const end = (signal: NodeJS.Signals): void => {
    child.kill(signal);
    process.exit(1);
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  const { promise, resolve } = Promise.withResolvers<BenchReport | null>();
  let report: BenchReport | null = null;
  child.on('message', (message) => {
    report = message as BenchReport; // run-one.ts sends nothing else
  });
  child.on('exit', (code, signal) => {
    process.off('SIGTERM', end).off('SIGINT', end);
    if (report === null) console.log(`  ✘ it ended without results (${signal ?? `exit code ${code}`})`);
    resolve(report);
  });
  return promise;
}

/** Prints and writes; returns how many results miss their bar or peer. */
function publish(name: string, report: BenchReport): number {
  for (const result of report.results) console.log(lineOf(result));
  mkdirSync(path.join(DIRECTORY, 'results'), { recursive: true });
  const document = {
    name,
    date: new Date().toISOString(),
    machine: machine(),
    versions: { node: process.version, commit: commit(), ...report.versions },
    results: report.results.map((result) => ({ ...result, verdict: verdictOf(result) })),
  };
  writeFileSync(path.join(DIRECTORY, 'results', `${name}.json`), `${JSON.stringify(document, null, 2)}\n`);
  return report.results.filter((result) => verdictOf(result) === 'fail').length;
}

function lineOf(result: BenchResult): string {
  const limit = (result.higherIsBetter ?? true) ? 'at least' : 'at most';
  const bar = result.bar === undefined ? '' : `${limit} ${rounded(result.bar)}`;
  const lines = [
    `  ${MARKS[verdictOf(result)]} ${result.metric.padEnd(38)} ${rounded(result.value).padStart(8)} ${result.unit.padEnd(10)} ${bar}`,
  ];
  if (result.peerValue !== undefined) {
    lines.push(
      `      ${(result.peer ?? 'peer').padEnd(36)} ${rounded(result.peerValue).padStart(8)} ${result.unit}`,
    );
  }
  if (result.note !== undefined) lines.push(`      ${result.note}`);
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Three digits that matter: 11.2 M, 407, 0.063. */
function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${(value / 1e9).toPrecision(3)} G`;
  if (size >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
  if (size >= 1e4) return `${(value / 1e3).toPrecision(3)} k`;
  return size >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
