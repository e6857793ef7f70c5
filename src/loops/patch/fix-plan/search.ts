import type { ChoiceModel } from './choice-model.ts';
import type { Cost, Units } from './cost.ts';
import { effortOf, idleIncumbent, improved, type Incumbent, settle, unfixedOf, usesOf } from './incumbent.ts';
import { disagreementOf, newTally, priceTeams, priceUses, unpaidTeam } from './pricing.ts';
import {
  at,
  copyPrices,
  freePrices,
  type Layout,
  layoutOf,
  type Prices,
  relax,
  type Relaxed,
} from './relaxation.ts';

export interface SearchResult extends Incumbent {
  /** Proven: no plan costs less. */
  readonly optimal: boolean;
  /** No plan costs less than this; the cost itself where the plan is optimal. */
  readonly bound: Bound;
  /** How often the dynamic program ran. */
  readonly explored: number;
}

/** In the units of the relaxation, first what stays unfixed. */
export interface Bound {
  readonly unfixed: number;
  readonly effort: number;
}

/**
 * Branch and bound, best bound first. Each node is bounded by the dynamic program with prices; it is
 * split by the shared image, or else the team, that the program and the real plan see differently.
 */
export function search(model: ChoiceModel, units: Units, budget: number): SearchResult {
  const layout = layoutOf(model, units);
  const run: Run = { layout, budget, explored: 0, incumbent: idleIncumbent(model) };
  const open: Node[] = [{ prices: freePrices(layout), teams: new Set(), bound: { unfixed: 0, effort: 0 } }];
  while (open.length > 0 && run.explored < budget) {
    const node = takeBest(open);
    if (node === undefined || !isBelow(node.bound, run)) continue;
    const { bound, split } = boundOf(node, run);
    if (split === null || !isBelow(bound, run)) continue;
    open.push(...childrenOf({ ...node, bound }, split, layout));
  }
  const left = open.filter((node) => isBelow(node.bound, run));
  const own = boundOfCost(run.incumbent.cost, units);
  return {
    ...run.incumbent,
    optimal: left.length === 0,
    bound: left.reduce<Bound>((least, { bound }) => (compareBounds(bound, least) < 0 ? bound : least), own),
    explored: run.explored,
  };
}

/** Part of the plans: those in which the closed outcomes and builds do not occur. */
interface Node {
  readonly prices: Prices;
  /** Teams that are paid for as a whole, whether they build or not. */
  readonly teams: ReadonlySet<string>;
  readonly bound: Bound;
}

interface Run {
  readonly layout: Layout;
  readonly budget: number;
  explored: number;
  incumbent: Incumbent;
}

type Split =
  | { readonly kind: 'source'; readonly source: number; readonly outcome: number }
  | { readonly kind: 'team'; readonly team: string };

interface Bounded {
  readonly bound: Bound;
  /** Null: nothing is left to decide. */
  readonly split: Split | null;
}

/** With each round the prices get better; the first node's are handed down to all others. */
const FIRST_ROUNDS = 60;
const ROUNDS = 12;
/** A real plan is made of the relaxed one in every so many rounds. */
const SETTLE_EVERY = 6;

function boundOf(node: Node, run: Run): Bounded {
  const { layout } = run;
  const rounds = run.explored === 0 && layout.model.uses.length > 0 ? FIRST_ROUNDS : ROUNDS;
  const tally = newTally(layout, node.teams);
  let { bound } = node;
  let split: Split | null = null;
  for (let round = 0; round < rounds; round++) {
    const relaxed = relax(layout, node.prices);
    run.explored += 1;
    bound = higherOf(bound, boundOfRelaxed(relaxed, node, layout));
    const used = usesOf(relaxed, layout);
    improveWith(relaxed, round % SETTLE_EVERY === 0 && used.length > 0 ? node.prices : null, run);
    if (!isBelow(bound, run)) return { bound, split: null };
    const disagreement = disagreementOf(layout, node.prices, relaxed, used);
    const source = splitOfUses(disagreement, node.prices, layout);
    const team = unpaidTeam(layout, node.prices, relaxed, tally);
    split = source ?? (team === null ? null : { kind: 'team', team });
    priceUses(node.prices, disagreement, gapOf(bound, run), round);
    priceTeams(layout, node.prices, relaxed, tally);
  }
  return { bound, split };
}

function improveWith(relaxed: Relaxed, settleAt: Prices | null, run: Run): void {
  run.incumbent = improved(run.incumbent, relaxed, run.layout);
  if (settleAt === null) return;
  for (const settled of settle(run.layout, settleAt, relaxed)) {
    run.explored += 1;
    run.incumbent = improved(run.incumbent, settled, run.layout);
  }
}

/** The outcome that is presumed most often without being there, or else is there for too little. */
function splitOfUses(disagreement: Int8Array, prices: Prices, { model }: Layout): Split | null {
  const weights = new Map<string, { readonly source: number; readonly outcome: number; weight: number }>();
  for (const [index, { source, outcome }] of model.uses.entries()) {
    const value = at(disagreement, index);
    if (value === 0 || (value < 0 && at(prices.uses, index) === 0)) continue;
    const key = `${source} ${outcome}`;
    const entry = weights.get(key) ?? { source, outcome, weight: 0 };
    entry.weight += value > 0 ? model.uses.length : 1;
    weights.set(key, entry);
  }
  let most: { readonly source: number; readonly outcome: number; readonly weight: number } | null = null;
  for (const entry of weights.values()) if (most === null || entry.weight > most.weight) most = entry;
  return most === null ? null : { kind: 'source', source: most.source, outcome: most.outcome };
}

function childrenOf(node: Node, split: Split, layout: Layout): readonly Node[] {
  const first = { ...node, prices: copyPrices(node.prices) };
  const second = { ...node, prices: copyPrices(node.prices) };
  if (split.kind === 'team') {
    for (const [index, { content }] of layout.model.images.entries()) {
      if (content.image.team !== split.team) continue;
      first.prices.builds[index] = 0;
      second.prices.closedBuilds[index] = 1;
    }
    return [{ ...first, teams: new Set([...node.teams, split.team]) }, second];
  }
  const start = at(layout.firstOutcome, split.source);
  const end = at(layout.firstOutcome, split.source + 1);
  for (let place = start; place < end; place++) {
    const closed = place === start + split.outcome ? second : first;
    closed.prices.closedOutcomes[place] = 1;
  }
  return [second, first];
}

function takeBest(open: Node[]): Node | undefined {
  let best = open.length - 1;
  for (let index = best - 1; index >= 0; index--) {
    const [node, other] = [open[index], open[best]];
    if (node !== undefined && other !== undefined && compareBounds(node.bound, other.bound) < 0) best = index;
  }
  return open.splice(best, 1)[0];
}

/** Whether there can be a better plan than the incumbent under this bound. */
function isBelow(bound: Bound, { incumbent, layout }: Run): boolean {
  return compareBounds(bound, boundOfCost(incumbent.cost, layout.units)) < 0;
}

/** Plans cost whole teams, so a bound is rounded up to the next. */
function boundOfRelaxed(relaxed: Relaxed, node: Node, { units }: Layout): Bound {
  const effort = Math.ceil(relaxed.effort / units.team + node.teams.size) * units.team;
  return { unfixed: relaxed.unfixed, effort };
}

function boundOfCost(cost: Cost, units: Units): Bound {
  return { unfixed: unfixedOf(cost, units), effort: effortOf(cost, units) };
}

function higherOf(left: Bound, right: Bound): Bound {
  return compareBounds(left, right) < 0 ? right : left;
}

function compareBounds(left: Bound, right: Bound): number {
  if (left.unfixed !== right.unfixed) return left.unfixed < right.unfixed ? -1 : 1;
  return left.effort - right.effort;
}

/** How far the next step of the prices should reach; a whole fix point where more stays unfixed. */
function gapOf(bound: Bound, { incumbent, layout }: Run): number {
  const cost = boundOfCost(incumbent.cost, layout.units);
  return cost.unfixed === bound.unfixed ? cost.effort - bound.effort : layout.units.fixPoint;
}
