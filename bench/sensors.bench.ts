import { createTcpSensor } from '#sensors';
import { loadTcpSensor, type TcpLoadResult } from '../test/generator/tcp-load.ts';
import type { BenchResult, Benchmark } from './benchmark.ts';

const SECONDS = 5;

/** @public loaded by name */
export const benchmark: Benchmark = {
  name: 'sensors',
  run: async () => [
    ...(await benchTcp(1_000)),
    ...(await benchTcp(5_000)),
    ...(await benchTcp(10_000)),
    ...(await benchOverload('tcp connections at 50,000/s', 0)),
    ...(await benchOverload('tcp connections at 50,000/s, helper stopped for 3 s', 3_000)),
  ],
};

function load(perSecond: number, stallMs: number): Promise<TcpLoadResult> {
  const sensor = createTcpSensor({ node: 'bench', clock: Date.now });
  return loadTcpSensor(sensor, { perSecond, count: perSecond * SECONDS, program: 'native', stallMs });
}

async function benchTcp(perSecond: number): Promise<readonly BenchResult[]> {
  const result = await load(perSecond, 0);
  const note = noteOf(result);
  const name = `tcp connections at ${perSecond}/s`;
  return [
    { metric: `${name}, reported at both ends`, value: reported(result), unit: 'share', bar: 0.999, note },
    { metric: `${name}, bytes reported`, value: result.closed / result.made, unit: 'share', note },
    {
      metric: `${name}, CPU of bpftrace`,
      value: result.helperCpu,
      unit: 'cores',
      higherIsBetter: false,
      note,
    },
    {
      metric: `${name}, CPU of the reader`,
      value: result.readerCpu,
      unit: 'cores',
      higherIsBetter: false,
      note,
    },
    {
      metric: `${name}, memory of bpftrace`,
      value: result.helperMemoryBytes / 1e6,
      unit: 'MB',
      higherIsBetter: false,
      note,
    },
  ];
}

/** Faster than the machine can tell: what is not reported has to be counted. */
async function benchOverload(name: string, stallMs: number): Promise<readonly BenchResult[]> {
  const result = await load(50_000, stallMs);
  const { made, client, server, closed, lost } = result;
  const note = noteOf(result);
  const accounted = (client + server + closed + lost) / (3 * made);
  // What other programs of the machine connected meanwhile may be among the lost.
  if (accounted > 1.02) throw new Error(`more was reported than happened: ${JSON.stringify(result)}`);
  return [
    {
      metric: `${name}, reported or counted as lost`,
      value: Math.min(1, accounted),
      unit: 'share',
      bar: 1,
      note,
    },
    { metric: `${name}, reported at both ends`, value: reported(result), unit: 'share', note },
  ];
}

function reported({ made, client, server }: TcpLoadResult): number {
  return Math.min(client, server) / made;
}

function noteOf({ made, perSecond, lost }: TcpLoadResult): string {
  const rate = Math.round(perSecond).toLocaleString('en');
  return `${made.toLocaleString('en')} connections of 5 ms on loopback, ${rate}/s really made, ${lost} lines lost; generator, server, bpftrace and reader share the machine`;
}
