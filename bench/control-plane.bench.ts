import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, BenchResult } from './benchmark.ts';
import { measureAdopting } from './control-plane/adopting.ts';
import { ChangesSeen } from './control-plane/changes-seen.ts';
import { delays, WholeProduct } from './control-plane/whole-product.ts';

const FEW = 200;
const MANY = 10_000;
const CHANGES_PER_SECOND = 1000;
const CHANGE_SECONDS = 10;
/** After this the first looks are over, and garbage of the start has been collected or never will be. */
const REST_MS = 10_000;

/** The whole product, from the launcher on: how soon it answers, what it holds, how far behind the engine it is. */
export const benchmark: Benchmark = {
  name: 'control-plane',
  run: async () => [...(await small()), ...(await large()), ...(await measureAdopting())],
};

/** What somebody sees who has two hundred containers: every engine and every sensor that is permitted. */
async function small(): Promise<readonly BenchResult[]> {
  const product = new WholeProduct();
  try {
    await product.startEngine(FEW);
    const firstMs = await product.up([]);
    await delay(REST_MS);
    const first = product.residentMegabytes();
    const { sources } = await product.status();
    const live = sources.filter((source) => source.state === 'live').map((source) => source.id);
    const helpers = product.helperMegabytes();
    await product.down();
    const againMs = await product.up([]);
    await delay(REST_MS);
    const again = product.residentMegabytes();
    const bar = { unit: 'MB', higherIsBetter: false, bar: 150 };
    return [
      { metric: 'ready after `sheer up`', value: firstMs, unit: 'ms', higherIsBetter: false, bar: 1000 },
      { metric: 'ready when started again', value: againMs, unit: 'ms', higherIsBetter: false, bar: 1000 },
      { metric: `resident with ${FEW} instances`, value: first, ...bar, note: `live: ${live.join(', ')}` },
      { metric: 'the same, started again', value: again, ...bar },
      { metric: 'resident helpers', value: helpers, unit: 'MB', higherIsBetter: false },
    ];
  } finally {
    await product.stop();
  }
}

/** Ten thousand containers, and then a thousand changes a second; followed on the event stream. */
async function large(): Promise<readonly BenchResult[]> {
  const product = new WholeProduct();
  try {
    await product.startEngine(MANY);
    await product.up(['docker']);
    const readyAt = performance.now();
    const seen = new ChangesSeen(product.socketPath);
    while (seen.started.size < MANY) await delay(2);
    const syncMs = performance.now() - readyAt;
    const { counts } = await product.status();
    if (counts.instances !== MANY) throw new Error(`${counts.instances} instances instead of ${MANY}`);
    await delay(1000);
    const changing = await change(product, seen);
    const resident = product.residentMegabytes();
    seen.stop();
    return [
      {
        metric: `first sync of ${MANY} instances`,
        value: syncMs,
        unit: 'ms',
        higherIsBetter: false,
        bar: 2000,
        note: 'from the API being ready to the last one on the event stream',
      },
      ...changing,
      { metric: `resident with ${MANY} instances`, value: resident, unit: 'MB', higherIsBetter: false },
    ];
  } finally {
    await product.stop();
  }
}

async function change(product: WholeProduct, seen: ChangesSeen): Promise<readonly BenchResult[]> {
  const [cpuBefore, before] = [product.cpuSeconds(), performance.now()];
  const changes = await product.change(CHANGES_PER_SECOND, CHANGE_SECONDS);
  const sorted = (await delays(changes, seen)).toSorted((left, right) => left - right);
  const seconds = (performance.now() - before) / 1000;
  const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return [
    {
      metric: `share of one core at ${CHANGES_PER_SECOND} changes/s`,
      value: (product.cpuSeconds() - cpuBefore) / seconds,
      unit: 'cores',
      higherIsBetter: false,
      bar: 1,
      note: `${(sorted.length / seconds).toFixed(0)} changes/s arrived, each durable, in the graph and on the event stream`,
    },
    {
      metric: 'event of the engine → in the graph, p99',
      value: quantile(0.99),
      unit: 'ms',
      higherIsBetter: false,
      bar: 50,
      note: `to its arrival on the event stream, so an upper bound; median ${quantile(0.5).toFixed(0)} ms`,
    },
  ];
}
