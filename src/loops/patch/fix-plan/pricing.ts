import type { Layout } from './layout.ts';
import { entryAt, flagAt, indexAt, realAt, signAt } from './typed-arrays.ts';
import { type BuildPrices, isBuilt, type Prices, type Relaxed } from './relaxation.ts';

/**
 * Use by use, 1: presumed, and the source has another outcome; −1: not presumed, and the source has
 * it; 0: both see it the same way, or it is decided.
 */
export function disagreementOf(
  layout: Layout,
  prices: Prices,
  relaxed: Relaxed,
  used: readonly number[],
): Int8Array {
  const disagreement = new Int8Array(layout.model.uses.length);
  for (const index of used) disagreement[index] = 1;
  for (const [index, { source, outcome }] of layout.model.uses.entries()) {
    const closed = flagAt(prices.closedOutcomes, indexAt(layout.useOutcomes, index)) === 1;
    if (closed) disagreement[index] = 0;
    else if (indexAt(relaxed.outcomes, source) === outcome)
      disagreement[index] = signAt(disagreement, index) - 1;
  }
  return disagreement;
}

/** A source with one outcome left has it whatever is paid: a price would only hide what its users cost. */
export function freeDecided(prices: Prices, { model, firstOutcome }: Layout): void {
  for (const [index, { source }] of model.uses.entries()) {
    let open = 0;
    for (let place = indexAt(firstOutcome, source); place < indexAt(firstOutcome, source + 1); place++) {
      if (flagAt(prices.closedOutcomes, place) === 0) open += 1;
    }
    if (open < 2) prices.uses[index] = 0;
  }
}

/**
 * Who presumes what is not there pays more, who does not ask for what is there pays less: a step of
 * the subgradient method on Lagrangian multipliers, in whole numbers. `gap` is how far the step reaches.
 */
export function priceUses(prices: Prices, disagreement: Int8Array, gap: number): void {
  let weight = 0;
  for (let index = 0; index < disagreement.length; index++) {
    if (signAt(disagreement, index) > 0 || realAt(prices.uses, index) > 0)
      weight += signAt(disagreement, index) ** 2;
  }
  if (weight === 0) return;
  const step = Math.max(1, Math.round(gap / weight));
  for (let index = 0; index < disagreement.length; index++) {
    prices.uses[index] = Math.max(0, realAt(prices.uses, index) + step * signAt(disagreement, index));
  }
}

/** How often each image was built in the relaxed choices of one node. */
export interface TeamTally {
  /** Those of each team that is not decided, by index. */
  readonly members: ReadonlyMap<string, readonly number[]>;
  readonly built: Int32Array;
}

export function newTally({ model, teams }: Layout, decided: ReadonlySet<string>): TeamTally {
  const members = new Map([...teams].filter(([team]) => !decided.has(team)));
  return { members, built: new Int32Array(model.images.length) };
}

/**
 * Shares the cost of each team among the images of it that are built whatever the prices: as long as
 * the shares add up to one team, no plan pays too much.
 */
export function priceTeams(
  layout: Layout,
  builds: BuildPrices,
  relaxed: Relaxed,
  tally: TeamTally,
): BuildPrices {
  const prices = new Float64Array(layout.model.images.length);
  for (const members of tally.members.values()) {
    let most = 0;
    for (const index of members) {
      if (isBuilt(layout, relaxed, index)) tally.built[index] = indexAt(tally.built, index) + 1;
      most = Math.max(most, indexAt(tally.built, index));
    }
    if (most === 0) continue;
    const payers = members.filter((index) => indexAt(tally.built, index) === most);
    const share = Math.floor(layout.units.team / payers.length);
    for (const index of payers) prices[index] = share;
    prices[entryAt(payers, 0)] = layout.units.team - share * (payers.length - 1);
  }
  return { prices, closed: builds.closed, outer: null };
}
