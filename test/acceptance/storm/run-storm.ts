import assert from 'node:assert/strict';
import type { CallAnswer, FlowAnswer, InstanceAnswer, SourceAnswer } from '#model';
import { startPodman, type Podman } from '../../podman/podman.ts';
import { Sheer } from '../sheer.ts';
import { Storm, type StormPlan, type StormTruth } from './generator.ts';
import { judgeCalls, judgeFlows, servicesOf, type FlowVerdict } from './judge-flows.ts';
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

/** Starts podman and those who stay, attaches, lets the storm pass, and compares. */
export async function runStorm(plan: StormPlan): Promise<StormResult> {
  const podman = await startPodman();
  try {
    return await attachAndCompare(podman, plan);
  } finally {
    await podman.stop();
  }
}

async function attachAndCompare(podman: Podman, plan: StormPlan): Promise<StormResult> {
  await using storm = await Storm.prepare(podman);
  await using sheer = await Sheer.up({ engineSocket: podman.socketPath });
  await sheer.live('podman', 'processes', 'tcp');
  const truth = await storm.run(plan);
  const host = await hostMember(sheer, truth);
  const isOurs = (row: FlowAnswer): boolean =>
    [row.from.ip, row.to.ip].some((ip) => ip.startsWith(storm.subnetPrefix));
  const ask = async (): Promise<readonly FlowAnswer[]> => {
    const rows = await sheer.run<readonly FlowAnswer[]>('flows', '--since', '1h', '--limit', ROWS_MAX);
    return rows.filter(isOurs);
  };
  await settled(sheer, truth);
  const rows = await ask();
  const calls = await sheer.run<readonly CallAnswer[]>('calls');
  const sources = await sheer.run<readonly SourceAnswer[]>('sources');
  return {
    truth,
    names: await judgeNames(sheer.client, truth),
    flows: judgeFlows(rows, truth, host),
    calls: judgeCalls(calls, rows, servicesOf(truth, host)),
    lost: sources.filter(({ lost }) => lost > 0).map(({ id, lost, reason }) => `${id}: ${lost}, ${reason}`),
  };
}

/** As the product knows it, by its pid: it ended a moment ago. */
async function hostMember(
  sheer: Sheer,
  { host }: StormTruth,
): Promise<{ readonly instance: string; readonly service: string }> {
  const at = new Date(host.bornAt + (Date.now() - host.bornAt) / 2).toISOString();
  const instances = await sheer.run<readonly InstanceAnswer[]>('instances', '--at', at);
  const found = instances.find(({ pid, kind }) => pid === host.pid && kind === 'process');
  assert.ok(found, `the process of the host (pid ${host.pid}) is known`);
  // Its id is `environment/application/name`.
  return { instance: found.id, service: found.service?.split('/').at(-1) ?? found.name };
}

/** Flows wait two seconds at most for those who may know more; the rows are written every second. */
async function settled(sheer: Sheer, { anchor }: StormTruth): Promise<void> {
  const from = anchor.removedAt + 4000;
  await sheer.until('everything is settled', async () => Date.now() > from);
}
