/**
 * One number that the design must keep. `bar` and `peer` come from the design's table; a result
 * without a bar is reported, not judged.
 */
export interface BenchResult {
  readonly metric: string;
  readonly value: number;
  /** What the value counts: `lookups/s`, `ms`, `MB`. */
  readonly unit: string;
  /** Default true: rates. False for times and memory. */
  readonly higherIsBetter?: boolean;
  /** The value has to reach this (or stay under it, where lower is better). */
  readonly bar?: number;
  /** What was measured beside it, in the same run on the same data: `DuckDB ASOF join, 1 thread`. */
  readonly peer?: string;
  /** In the same unit; the value has to be at least as good. */
  readonly peerValue?: number;
  /** What the number was measured on: sizes, threads, what ran beside. */
  readonly note?: string;
}

/**
 * A file `bench/NAME.bench.ts` exports one as `benchmark`, with `name` equal to `NAME`. It runs in a
 * process of its own, so that its heap, its compiled code and its memory are no other's.
 */
export interface Benchmark {
  readonly name: string;
  /** Throws when what was measured gave a wrong result: a fast wrong answer is no number. */
  run(): Promise<readonly BenchResult[]>;
  /** Versions of the peers, by their names. */
  versions?(): Promise<Readonly<Record<string, string>>>;
}

/** What the process of a benchmark reports to the one that started it. */
export interface BenchReport {
  readonly results: readonly BenchResult[];
  readonly versions: Readonly<Record<string, string>>;
}

export type BenchVerdict = 'pass' | 'fail' | 'reported';

/** Against the bar and the peer, whichever there is. */
export function verdictOf(result: BenchResult): BenchVerdict {
  const limits = [result.bar, result.peerValue].filter((limit) => limit !== undefined);
  if (limits.length === 0) return 'reported';
  const better = result.higherIsBetter ?? true;
  return limits.every((limit) => (better ? result.value >= limit : result.value <= limit)) ? 'pass' : 'fail';
}
