import type { Units } from './cost.ts';
import { improved, settle, usesOf } from './incumbent.ts';
import type { Layout } from './layout.ts';
import { realAt, signAt } from './typed-arrays.ts';
import { closeOutcomes } from './probing.ts';
import { disagreementOf, freeDecided, priceUses } from './pricing.ts';
import { type Prices, relax, type Relaxed } from './relaxation.ts';
import {
  type Bound,
  boundOfCost,
  compareBounds,
  compareToBest,
  higherOf,
  isBelow,
  roundedUp,
  type Node,
  type Run,
  type Split,
} from './search-node.ts';

export interface UsesBounded {
  /** Without teams. */
  readonly bound: Bound;
  /** Against the best plan so far, teams left aside: no better one here, equal ones at most, or open. */
  readonly settled: 'above' | 'equal' | 'below';
  readonly split: Split | null;
  readonly relaxed: Relaxed;
}

/** With each round the prices get better; the first node's are handed down to all others. */
const FIRST_ROUNDS = 100;
const ROUNDS = 12;
/** Rounds of the first node after which every outcome is tried by itself. */
const PROBES = [2, 30, 60, 90];
/** A real plan is made of the relaxed one in every so many rounds. */
const SETTLE_EVERY = 6;
/** After so many rounds without a better bound, steps are halved. */
const PATIENCE = 3;

/** Bounds what stays unfixed, fix points and builds; improves the prices of the node in place. */
export function boundByUses(node: Node, run: Run): UsesBounded {
  const { layout } = run;
  const first = run.explored === 0 && layout.model.uses.length > 0;
  const rounds = first ? FIRST_ROUNDS : ROUNDS;
  const descent: Descent = {
    reach: 1,
    stale: 0,
    raw: { unfixed: -1, effort: 0 },
  };
  freeDecided(node.prices, layout);
  let bound = withoutTeams(node.bound, layout.units);
  for (let round = 1; ; round++) {
    const relaxed = relax(layout, node.prices);
    run.explored += 1;
    bound = higherOf(bound, roundedUp(relaxed, layout.units.build));
    const used = usesOf(relaxed, layout);
    const disagreement = disagreementOf(layout, node.prices, relaxed, used);
    improveBy(relaxed, { used, disagreement, settles: round % SETTLE_EVERY === 1 }, node, run);
    const settled = settledBy(bound, run);
    const split = splitOf(disagreement, node.prices, layout);
    if (settled !== 'below' || round >= rounds) return { bound, settled, split, relaxed };
    if (first && PROBES.includes(round)) {
      closeOutcomes(node.prices, run);
      freeDecided(node.prices, layout);
    }
    step(descent, { relaxed, disagreement, prices: node.prices }, run);
  }
}

/** The bound of a node can count teams; what is compared with teams left aside must not. */
function withoutTeams({ unfixed, effort }: Bound, { build }: Units): Bound {
  return { unfixed, effort: Math.floor(effort / build) * build };
}

interface Round {
  readonly used: readonly number[];
  readonly disagreement: Int8Array;
  readonly settles: boolean;
}

/** Carries out what is, or can be made, a real plan, where it may be better than the best so far. */
export function improveBy(
  relaxed: Relaxed,
  { used, disagreement, settles }: Round,
  node: Node,
  run: Run,
): void {
  if (relaxed.unfixed === Infinity) return;
  if (!disagreement.includes(1)) run.incumbent = improved(run.incumbent, relaxed, run.layout);
  else if (settles) {
    for (const settled of settle(run.layout, node.prices, used)) {
      run.explored += 1;
      if (isBelow(settled, run)) run.incumbent = improved(run.incumbent, settled, run.layout);
    }
  }
}

function settledBy(bound: Bound, run: Run): UsesBounded['settled'] {
  const difference = compareToBest(bound, run);
  if (difference > 0) return 'above';
  return difference === 0 ? 'equal' : 'below';
}

interface Descent {
  /** Part of the gap that a step goes. */
  reach: number;
  stale: number;
  /** The best bound, not rounded. */
  raw: Bound;
}

function step(
  descent: Descent,
  at: { readonly relaxed: Relaxed; readonly disagreement: Int8Array; readonly prices: Prices },
  { incumbent, layout }: Run,
): void {
  const { relaxed, disagreement, prices } = at;
  if (compareBounds(relaxed, descent.raw) > 0) {
    descent.raw = { unfixed: relaxed.unfixed, effort: relaxed.effort };
    descent.stale = 0;
  } else if (++descent.stale >= PATIENCE) {
    descent.reach /= 2;
    descent.stale = 0;
  }
  const best = boundOfCost(incumbent.cost, layout.units);
  const gap =
    best.unfixed === relaxed.unfixed ? Math.max(0, best.effort - relaxed.effort) : layout.units.fixPoint;
  priceUses(prices, disagreement, gap * descent.reach);
}

/** The outcome that is presumed most often without being there, or else is there for too little. */
function splitOf(disagreement: Int8Array, prices: Prices, { model, useOutcomes }: Layout): Split | null {
  const weights = new Map<number, number>();
  let most: { readonly use: number; readonly weight: number } | null = null;
  for (const [index, place] of useOutcomes.entries()) {
    const value = signAt(disagreement, index);
    if (value === 0 || (value < 0 && realAt(prices.uses, index) === 0)) continue;
    const weight = (weights.get(place) ?? 0) + realAt(prices.uses, index) + 1;
    weights.set(place, weight);
    if (most === null || weight > most.weight) most = { use: index, weight };
  }
  const use = most === null ? undefined : model.uses[most.use];
  return use === undefined ? null : { kind: 'source', source: use.source, outcome: use.outcome };
}
