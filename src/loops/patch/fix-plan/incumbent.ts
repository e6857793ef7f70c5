import { type Actions, KEEP } from './action.ts';
import type { ChoiceModel } from './choice-model.ts';
import { compareCosts, type Cost, costOf, simulate } from './cost.ts';
import type { Layout } from './layout.ts';
import type { PackageSet } from './package-set.ts';
import { chosenOption, completed, copyPrices, type Prices, relax, type Relaxed } from './relaxation.ts';
import { indexAt } from './typed-arrays.ts';

/** The best plan so far: always one that can be carried out, its cost counted by carrying it out. */
export interface Incumbent {
  readonly actions: Actions;
  /** What each image holds after them. */
  readonly holds: readonly PackageSet[];
  readonly cost: Cost;
}

/** Nothing is done: the plan that is always possible. */
export function idleIncumbent({ contents }: ChoiceModel): Incumbent {
  const actions = contents.map(() => KEEP);
  const holds = contents.map(({ now }) => now);
  return { actions, holds, cost: costOf(contents, actions, holds) };
}

/** The better one of the incumbent and of what the relaxed choice comes to when it is carried out. */
export function improved(incumbent: Incumbent, relaxed: Relaxed, layout: Layout): Incumbent {
  const { contents } = layout.model;
  const complete = completed(relaxed, layout);
  const actions = contents.map((_, index) => chosenOption(complete, layout, index)?.action ?? KEEP);
  const holds = simulate(contents, actions);
  if (holds === null) return incumbent;
  const cost = costOf(contents, actions, holds);
  return compareCosts(cost, incumbent.cost) < 0 ? { actions, holds, cost } : incumbent;
}

/** Indexes of the uses that the chosen options presume. */
export function usesOf(relaxed: Relaxed, layout: Layout): readonly number[] {
  return layout.core.flatMap((index) => chosenOption(relaxed, layout, index)?.uses ?? []);
}

/** Relaxed under settled prices, twice: what nobody uses in the first need not be built in the second. */
export function settle(layout: Layout, prices: Prices, used: readonly number[]): readonly Relaxed[] {
  const first = relax(layout, settledPrices(layout, prices, used));
  if (first.unfixed === Infinity) return [];
  const second = relax(layout, settledPrices(layout, prices, usesOf(first, layout)));
  return second.unfixed === Infinity ? [first] : [first, second];
}

/**
 * Prices under which every relaxed choice is a real plan: each shared image that is used gets the
 * outcome that most want of it, and nobody uses the others.
 */
function settledPrices(layout: Layout, prices: Prices, used: readonly number[]): Prices {
  const { model, firstOutcome } = layout;
  const wanted = wantedOutcomes(layout, used);
  const settled = copyPrices(prices);
  settled.uses.fill(0);
  for (const [index, use] of model.uses.entries()) {
    if (!wanted.has(use.source)) settled.closedUses[index] = 1;
  }
  for (const [source, wantedOutcome] of wanted) {
    for (let place = indexAt(firstOutcome, source); place < indexAt(firstOutcome, source + 1); place++) {
      if (place !== wantedOutcome) settled.closedOutcomes[place] = 1;
    }
  }
  return settled;
}

/** Source → the number of the outcome that most want of it. */
function wantedOutcomes(
  { model, useOutcomes }: Layout,
  used: readonly number[],
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const most = new Map<number, number>();
  for (const index of used) {
    const source = model.uses[index]?.source ?? 0;
    const place = indexAt(useOutcomes, index);
    counts.set(place, (counts.get(place) ?? 0) + 1);
    const leader = most.get(source) ?? place;
    if ((counts.get(place) ?? 0) >= (counts.get(leader) ?? 0)) most.set(source, place);
  }
  return most;
}
