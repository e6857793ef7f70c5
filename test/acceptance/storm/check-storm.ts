import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { StormPlan } from './generator.ts';
import { runStorm, runStormByAddresses, type StormResult } from './run-storm.ts';

/** Of the connections that were really made. */
const NAMED_SHARE_MIN = 0.999;

/** Enough of them that a thousandth is more than one. */
const CONNECTIONS_MIN = 1000;

/** Runs a storm and demands what the product promises. */
export async function checkStorm(t: TestContext, plan: StormPlan): Promise<void> {
  const result = await runStorm(plan);
  t.diagnostic(JSON.stringify(summary(result)));
  const { names, flows, calls } = result;
  for (const wrong of [...names.wrong, ...flows.wrong, ...calls].slice(0, 20)) t.diagnostic(wrong);
  assert.deepEqual(names.wrong, [], 'what whois said wrongly');
  assert.equal(names.named, names.lives, 'every container is known with its address');
  assert.deepEqual(flows.wrong, [], 'connections that nobody made');
  assert.deepEqual(calls, [], 'calls say the same as flows');
  assert.ok(flows.connections >= CONNECTIONS_MIN, `the storm made only ${flows.connections} connections`);
  const share = flows.named / flows.connections;
  assert.ok(
    share >= NAMED_SHARE_MIN,
    `${share * 100} % of the connections are named at both ends; ${result.lost.join('; ')}`,
  );
}

/** Runs a storm that is only seen passing by: nothing is named wrongly, and what has no name was nobody's. */
export async function checkStormByAddresses(t: TestContext, plan: StormPlan): Promise<void> {
  const { wrong, ...counts } = await runStormByAddresses(plan);
  t.diagnostic(JSON.stringify(counts));
  for (const each of wrong.slice(0, 20)) t.diagnostic(each);
  assert.deepEqual(wrong, [], 'what was named wrongly');
  assert.ok(counts.named >= CONNECTIONS_MIN, `only ${counts.named} connections were named`);
  const others = Object.keys(counts.unknown).filter((reason) => !TRUE_REASONS.has(reason));
  assert.deepEqual(others, [], 'reasons');
}

/** Somebody called an address between two lives; or it changed hands while a row was added up. */
const TRUE_REASONS: ReadonlySet<string> = new Set(['nobody-held-it', 'ambiguous']);

function summary({ truth, names, flows, calls, lost }: StormResult): unknown {
  const { wrong: wrongFlows, ...flowCounts } = flows;
  const { wrong: wrongNames, ...nameCounts } = names;
  const short = truth.containers.filter(({ log }) => (log.diedAt ?? log.bornAt) - log.bornAt <= 250).length;
  return {
    containers: truth.containers.length,
    livedQuarterSecondAtMost: short,
    names: { ...nameCounts, wrong: wrongNames.length },
    flows: { ...flowCounts, wrong: wrongFlows.length },
    callsThatDiffer: calls.length,
    lost,
  };
}
