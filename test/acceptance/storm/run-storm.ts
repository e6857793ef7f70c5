import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallAnswer, FlowAnswer, InstanceAnswer, SourceAnswer } from '#model';
import { startPodman } from '../../podman/podman.ts';
import { Product, sourceIsLive } from '../product.ts';
import { Storm, type StormPlan, type StormTruth } from './generator.ts';
import { judgeAddresses, type AddressVerdict } from './judge-addresses.ts';
import { judgeCalls } from './judge-calls.ts';
import { judgeFlows, servicesOf, type FlowVerdict, type HostMember } from './judge-flows.ts';
import { judgeNames, type NameVerdict } from './judge-names.ts';

/** What came of a storm, beside the truth. */
export interface StormResult {
  readonly truth: StormTruth;
  readonly names: NameVerdict;
  readonly flows: FlowVerdict;
  /** Differences between `calls` and `flows` that are errors. */
  readonly calls: readonly string[];
  /** Of each source that lost something, how much and why. */
  readonly lost: readonly string[];
}

const ROWS_MAX = '100000';

/** Flows wait two seconds at most for feeds that may know more; their rows are written every second. */
const SETTLED_AFTER_MS = 4000;

/** Starts podman and those who stay, attaches, lets the storm pass, and compares. */
export async function runStorm(plan: StormPlan): Promise<StormResult> {
  return await during(plan, [], 'tcp', async (product, storm, truth) => {
    const host = await hostMember(product, truth);
    const rows = await rowsOf(product, storm);
    const calls = await product.json<readonly CallAnswer[]>('calls');
    return {
      truth,
      names: await judgeNames(product, truth),
      flows: judgeFlows(rows, truth, host),
      calls: judgeCalls(calls, rows, servicesOf(truth, host)),
      lost: await lossesOf(product),
    };
  });
}

/** The same where bpftrace is not installed, and connection tracking is the best that there is. */
export async function runStormByAddresses(plan: StormPlan): Promise<AddressVerdict> {
  return await during(plan, WITHOUT_BPFTRACE, 'conntrack', async (product, storm, truth) =>
    judgeAddresses(await rowsOf(product, storm), truth),
  );
}

/** Hides it in a mount namespace of the product's own. */
const WITHOUT_BPFTRACE = [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
  'mount --bind /dev/null "$(command -v bpftrace)" && exec "$@"',
  'sh',
];

async function during<Result>(
  plan: StormPlan,
  through: readonly string[],
  sensor: string,
  judge: (product: Product, storm: Storm, truth: StormTruth) => Promise<Result>,
): Promise<Result> {
  const podman = await startPodman();
  try {
    await using storm = await Storm.prepare(podman);
    const environment = { DOCKER_HOST: `unix://${podman.socketPath}` };
    const product = await Product.start({ environment, through });
    try {
      for (const source of ['podman', 'processes', sensor]) await sourceIsLive(product, source);
      const truth = await storm.run(plan);
      await delay(SETTLED_AFTER_MS);
      return await judge(product, storm, truth);
    } finally {
      await product.stop();
    }
  } finally {
    await podman.stop();
  }
}

async function rowsOf(product: Product, storm: Storm): Promise<readonly FlowAnswer[]> {
  const rows = await product.json<readonly FlowAnswer[]>('flows', '--since', '1h', '--limit', ROWS_MAX);
  return rows.filter(({ from, to }) => storm.holds(from.ip) || storm.holds(to.ip));
}

async function lossesOf(product: Product): Promise<readonly string[]> {
  const sources = await product.json<readonly SourceAnswer[]>('sources');
  return sources.filter(({ lost }) => lost > 0).map(({ id, lost, reason }) => `${id}: ${lost}, ${reason}`);
}

/** As the product knows it, by its pid; it has ended, so in the middle of its life. */
async function hostMember(product: Product, { host }: StormTruth): Promise<HostMember> {
  const at = new Date((host.bornAt + (host.diedAt ?? host.bornAt)) / 2).toISOString();
  const instances = await product.json<readonly InstanceAnswer[]>('instances', '--at', at);
  const found = instances.find(({ pid, kind }) => pid === host.pid && kind === 'process');
  assert.ok(found, `the process of the host (pid ${host.pid}) is known`);
  // Its id is `environment/application/name`.
  return { instance: found.id, service: found.service?.split('/').at(-1) ?? found.name };
}
