import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallAnswer, FlowAnswer, InstanceAnswer, SourceAnswer } from '#model';
import { startPodman, type Podman } from '../../podman/podman.ts';
import { Product, sourceIsLive } from '../product.ts';
import { Storm, type StormPlan, type StormTruth } from './generator.ts';
import { judgeCalls, judgeFlows, servicesOf, type FlowVerdict, type HostMember } from './judge-flows.ts';
import { judgeNames, type NameVerdict } from './judge-names.ts';

/** What came of a storm, beside the truth. */
export interface StormResult {
  readonly truth: StormTruth;
  readonly names: NameVerdict;
  readonly flows: FlowVerdict;
  /** Differences between `calls` and `flows`. */
  readonly calls: readonly string[];
  /** Of each source that lost something, how much and why. */
  readonly lost: readonly string[];
}

const ROWS_MAX = '100000';

/** Flows wait two seconds at most for feeds that may know more; their rows are written every second. */
const SETTLED_AFTER_MS = 4000;

/** Starts podman and those who stay, attaches, lets the storm pass, and compares. */
export async function runStorm(plan: StormPlan): Promise<StormResult> {
  const podman = await startPodman();
  try {
    await using storm = await Storm.prepare(podman);
    return await attachAndCompare(podman, storm, plan);
  } finally {
    await podman.stop();
  }
}

async function attachAndCompare(podman: Podman, storm: Storm, plan: StormPlan): Promise<StormResult> {
  const product = await Product.start({ environment: { DOCKER_HOST: `unix://${podman.socketPath}` } });
  try {
    for (const source of ['podman', 'processes', 'tcp']) await sourceIsLive(product, source);
    const truth = await storm.run(plan);
    await delay(SETTLED_AFTER_MS);
    return await compare(product, storm, truth);
  } finally {
    await product.stop();
  }
}

async function compare(product: Product, storm: Storm, truth: StormTruth): Promise<StormResult> {
  const host = await hostMember(product, truth);
  const all = await product.json<readonly FlowAnswer[]>('flows', '--since', '1h', '--limit', ROWS_MAX);
  const rows = all.filter(({ from, to }) => storm.holds(from.ip) || storm.holds(to.ip));
  const calls = await product.json<readonly CallAnswer[]>('calls');
  const sources = await product.json<readonly SourceAnswer[]>('sources');
  return {
    truth,
    names: await judgeNames(product, truth),
    flows: judgeFlows(rows, truth, host),
    calls: judgeCalls(calls, rows, servicesOf(truth, host)),
    lost: sources.filter(({ lost }) => lost > 0).map(({ id, lost, reason }) => `${id}: ${lost}, ${reason}`),
  };
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
