import { FlowLogReader } from '../src/sensors/flow-logs/flow-log-reader.ts';
import type { BenchResult, Benchmark } from './benchmark.ts';
import { VpcLineGenerator } from './generated-vpc-lines.ts';
import { SPAN_MS, generateAddresses } from './generated-addresses.ts';

const ADDRESSES = 65_536;
const INTERVALS = 1_000_000;
const MILLION = 1_000_000;
const SPEED_LINES = 5 * MILLION;
const ROUNDS = 3;
/** As many as the file reader of an import hands over at once. */
const CHUNK_LINES = 10_000;
/** `SHEERLINE_BENCH_LONG=1` reads the fifty million lines of the design's table; they take minutes. */
const MEMORY_LINES = (process.env['SHEERLINE_BENCH_LONG'] === '1' ? 50 : 10) * MILLION;

/** @public loaded by name */
export const benchmark: Benchmark = {
  name: 'flow-logs',
  async run(): Promise<readonly BenchResult[]> {
    const read = newRun();
    const first = read(MILLION);
    const last = read(MEMORY_LINES - MILLION);
    const rounds = Array.from({ length: ROUNDS }, () => newRun()(SPEED_LINES)).toSorted(
      (left, right) => left.seconds - right.seconds,
    );
    const middle = rounds[ROUNDS >> 1] ?? first;
    const size = `${ADDRESSES} addresses, ${INTERVALS} intervals, 1 thread`;
    return [
      {
        metric: 'VPC lines parsed, named, added up',
        value: SPEED_LINES / middle.seconds,
        unit: 'lines/s',
        bar: 1.2e6,
        note: `${SPEED_LINES} lines of ${Math.round(middle.bytes / SPEED_LINES)} bytes, ${middle.rows} rows; ${size}; median of ${ROUNDS}`,
      },
      {
        metric: `resident at most, ${MEMORY_LINES / MILLION} over 1 million lines`,
        value: last.residentMegabytes / first.residentMegabytes,
        unit: 'times',
        higherIsBetter: false,
        // The heap's young generation fills and empties in steps of some tens of megabytes.
        bar: 1.25,
        note: `${first.residentMegabytes.toFixed(0)} MB after 1 million lines, ${last.residentMegabytes.toFixed(0)} MB after ${MEMORY_LINES / MILLION} million`,
      },
    ];
  },
};

interface Run {
  readonly seconds: number;
  readonly bytes: number;
  readonly rows: number;
  readonly residentMegabytes: number;
}

/** A reader and its log, which can be read on; making the lines is not part of the time. */
function newRun(): (lines: number) => Run {
  const generated = generateAddresses(ADDRESSES, INTERVALS);
  const lines = new VpcLineGenerator(generated.addresses, SPAN_MS);
  const reader = new FlowLogReader({
    format: 'vpc',
    resolver: {
      resolveEach4: (questions, holders, count) => generated.index.duringEach4(0, questions, holders, count),
      resolve6: () => -1,
    },
  });
  return (count) => {
    const before = reader.summary().lines;
    let milliseconds = 0;
    let bytes = 0;
    let rows = 0;
    for (let done = 0; done < count; done += CHUNK_LINES) {
      const chunk = lines.next(CHUNK_LINES);
      bytes += chunk.length;
      const started = performance.now();
      rows += readChunk(reader, chunk);
      milliseconds += performance.now() - started;
    }
    const { lines: read, malformed } = reader.summary();
    if (read - before !== count || malformed > 0) throw new Error(`${malformed} lines were not understood`);
    const residentMegabytes = process.resourceUsage().maxRSS / 1000;
    return { seconds: milliseconds / 1000, bytes, rows, residentMegabytes };
  };
}

/** As an import does: drained when the table is full. */
function readChunk(reader: FlowLogReader, chunk: Uint8Array): number {
  let rows = 0;
  for (let done = 0; done < chunk.length;) {
    const { consumed, full } = reader.push(chunk.subarray(done), false);
    done += consumed;
    if (full) rows += reader.drain().length;
  }
  return rows;
}
