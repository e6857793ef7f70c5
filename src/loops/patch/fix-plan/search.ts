import type { ChoiceModel } from './choice-model.ts';
import { boundByUses } from './bounding.ts';
import type { Units } from './cost.ts';
import { idleIncumbent, type Incumbent } from './incumbent.ts';
import { type Layout, layoutOf } from './layout.ts';
import { indexAt } from './typed-arrays.ts';
import { copyPrices, freePrices } from './relaxation.ts';
import { boundByTeams } from './team-bounding.ts';
import {
  type Bound,
  boundOfCost,
  compareBounds,
  higherOf,
  isBelow,
  type Node,
  type Run,
  type Split,
} from './search-node.ts';

export interface SearchResult extends Incumbent {
  /** Proven: no plan costs less. */
  readonly optimal: boolean;
  /** No plan costs less than this; the cost itself where the plan is optimal. */
  readonly bound: Bound;
  /** How often the dynamic program ran. */
  readonly explored: number;
}

/**
 * Branch and bound, best bound first. Each node is bounded by the dynamic program with prices; it is
 * split by the shared image, or else the team, that the program and the real plan see differently.
 */
export function search(model: ChoiceModel, units: Units, budget: number): SearchResult {
  const layout = layoutOf(model, units);
  const everything = freePrices(layout);
  const run: Run = { layout, everything, explored: 0, incumbent: idleIncumbent(model), needed: null };
  const open: Node[] = [{ prices: everything, teams: new Set(), bound: { unfixed: 0, effort: 0 } }];
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

/** Shared images first: the teams of plans that cost too much anyway need no counting. */
function boundOf(node: Node, run: Run): { readonly bound: Bound; readonly split: Split | null } {
  const byUses = boundByUses(node, run);
  if (byUses.settled === 'above') return { bound: byUses.bound, split: null };
  if (byUses.settled === 'equal') return boundByTeams(node, byUses, run);
  return { bound: higherOf(node.bound, byUses.bound), split: byUses.split };
}

function childrenOf(node: Node, split: Split, layout: Layout): readonly Node[] {
  const first = { ...node, prices: copyPrices(node.prices) };
  const second = { ...node, prices: copyPrices(node.prices) };
  if (split.kind === 'team') {
    const closed = node.prices.builds.closed.slice();
    for (const index of layout.teams.get(split.team) ?? []) closed[index] = 1;
    const builds = { ...node.prices.builds, closed, outer: null };
    return [
      { ...first, teams: new Set([...node.teams, split.team]) },
      { ...second, prices: { ...second.prices, builds } },
    ];
  }
  const start = indexAt(layout.firstOutcome, split.source);
  const end = indexAt(layout.firstOutcome, split.source + 1);
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
