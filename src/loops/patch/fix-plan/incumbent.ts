import type { Action, Actions } from './action.ts';
import { KEEP } from './action.ts';
import type { ChoiceModel } from './choice-model.ts';
import { compareCosts, type Cost, costOf, simulate, type Units } from './cost.ts';
import { at, copyPrices, type Layout, type Prices, relax, type Relaxed } from './relaxation.ts';

/** The best plan so far: always one that can be carried out, its cost counted by carrying it out. */
export interface Incumbent {
  readonly actions: Actions;
  readonly cost: Cost;
}

/** Nothing is done: the plan that is always possible. */
export function idleIncumbent({ images }: ChoiceModel): Incumbent {
  const contents = images.map(({ content }) => content);
  const actions = contents.map(() => KEEP);
  return {
    actions,
    cost: costOf(
      contents,
      actions,
      contents.map(({ now }) => now),
    ),
  };
}

/** The better one of the incumbent and of what the relaxed choice comes to when it is carried out. */
export function improved(incumbent: Incumbent, relaxed: Relaxed, { model }: Layout): Incumbent {
  const contents = model.images.map(({ content }) => content);
  const actions = actionsOfRelaxed(relaxed, model);
  const holds = simulate(contents, actions);
  if (holds === null) return incumbent;
  const cost = costOf(contents, actions, holds);
  return compareCosts(cost, incumbent.cost) < 0 ? { actions, cost } : incumbent;
}

/** In the units of the relaxation. */
export function effortOf(cost: Cost, units: Units): number {
  return cost.fixPoints * units.fixPoint + cost.builds * units.build + cost.teams * units.team;
}

export function unfixedOf(cost: Cost, units: Units): number {
  return cost.unfixedImages * units.image + cost.unfixedPackages;
}

/** Indexes of the uses that the chosen options presume. */
export function usesOf(relaxed: Relaxed, { model, live }: Layout): readonly number[] {
  return live.flatMap((index) => {
    const parent = model.images[index]?.parent ?? null;
    const state = parent === null ? 0 : at(relaxed.outcomes, parent);
    return model.images[index]?.options[state]?.[at(relaxed.options, index)]?.uses ?? [];
  });
}

/**
 * Prices under which every relaxed choice is a real plan: each shared image that is used gets the
 * outcome that most want of it, and nobody uses the others.
 */
export function settledPrices(layout: Layout, prices: Prices, used: readonly number[]): Prices {
  const { model, firstOutcome } = layout;
  const wanted = new Map<number, Map<number, number>>();
  for (const index of used) {
    const use = model.uses[index];
    if (use === undefined) continue;
    const outcomes = wanted.get(use.source) ?? new Map<number, number>();
    outcomes.set(use.outcome, (outcomes.get(use.outcome) ?? 0) + 1);
    wanted.set(use.source, outcomes);
  }
  const settled = copyPrices(prices);
  settled.uses.fill(0);
  for (const [index, use] of model.uses.entries()) if (!wanted.has(use.source)) settled.closedUses[index] = 1;
  for (const [source, outcomes] of wanted) {
    const [most] = [...outcomes].toSorted((left, right) => right[1] - left[1] || left[0] - right[0]);
    const count = model.images[source]?.outcomes.length ?? 0;
    for (let outcome = 0; outcome < count; outcome++) {
      if (outcome !== most?.[0]) settled.closedOutcomes[at(firstOutcome, source) + outcome] = 1;
    }
  }
  return settled;
}

/** Relaxed under settled prices, twice: what nobody uses in the first need not be built in the second. */
export function settle(layout: Layout, prices: Prices, relaxed: Relaxed): readonly Relaxed[] {
  const first = relax(layout, settledPrices(layout, prices, usesOf(relaxed, layout)));
  if (first.unfixed === Infinity) return [];
  const second = relax(layout, settledPrices(layout, prices, usesOf(first, layout)));
  return second.unfixed === Infinity ? [first] : [first, second];
}

function actionsOfRelaxed(relaxed: Relaxed, { images }: ChoiceModel): readonly Action[] {
  return images.map(({ parent, options }, index) => {
    const state = parent === null ? 0 : at(relaxed.outcomes, parent);
    return options[state]?.[at(relaxed.options, index)]?.action ?? KEEP;
  });
}
