/**
 * The process of one benchmark, started by run.ts, which waits for the message with its results.
 * By hand: `node --expose-gc bench/run-one.ts NAME` prints them.
 */
import type { BenchReport, Benchmark } from './benchmark.ts';

const name = process.argv[2] ?? '';
// Every *.bench.ts exports one: see Benchmark.
const module = (await import(`./${name}.bench.ts`)) as { readonly benchmark: Benchmark };
const results = await module.benchmark.run();
const report: BenchReport = { results, versions: (await module.benchmark.versions?.()) ?? {} };
if (process.connected) process.send?.(report, () => process.disconnect?.());
else console.log(JSON.stringify(report, null, 2));
