import { at, type Layout, type Prices, type Relaxed } from './relaxation.ts';

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
    const closed = at(prices.closedOutcomes, at(layout.firstOutcome, source) + outcome) === 1;
    if (closed) disagreement[index] = 0;
    else if (at(relaxed.outcomes, source) === outcome) disagreement[index] = at(disagreement, index) - 1;
  }
  return disagreement;
}

/**
 * Who presumes what is not there pays more, who does not ask for what is there pays less: a step of
 * the subgradient method on Lagrangian multipliers, in whole numbers.
 */
export function priceUses(prices: Prices, disagreement: Int8Array, gap: number, round: number): void {
  let weight = 0;
  for (let index = 0; index < disagreement.length; index++) {
    if (at(disagreement, index) > 0 || at(prices.uses, index) > 0) weight += at(disagreement, index) ** 2;
  }
  if (weight === 0) return;
  const step = Math.max(1, Math.round((gap * 0.9 ** round) / weight));
  for (let index = 0; index < disagreement.length; index++) {
    prices.uses[index] = Math.max(0, at(prices.uses, index) + step * at(disagreement, index));
  }
}

/** How often each image was built in the relaxed choices of one node. */
export interface TeamTally {
  /** Those of each team that is not decided, by index. */
  readonly members: ReadonlyMap<string, readonly number[]>;
  readonly built: Int32Array;
}

export function newTally(layout: Layout, decided: ReadonlySet<string>): TeamTally {
  const members = new Map<string, number[]>();
  for (const index of layout.live) {
    const team = layout.model.images[index]?.content.image.team ?? null;
    if (team === null || decided.has(team)) continue;
    const list = members.get(team) ?? [];
    list.push(index);
    members.set(team, list);
  }
  return { members, built: new Int32Array(layout.model.images.length) };
}

/**
 * Shares the cost of each team among the images of it that are built whatever the prices: as long as
 * the shares add up to one team, no plan pays too much.
 */
export function priceTeams(layout: Layout, prices: Prices, relaxed: Relaxed, tally: TeamTally): void {
  for (const index of layout.live) {
    if (isBuilt(layout, relaxed, index)) tally.built[index] = at(tally.built, index) + 1;
  }
  for (const members of tally.members.values()) {
    const most = Math.max(...members.map((index) => at(tally.built, index)));
    const payers = members.filter((index) => at(tally.built, index) === most);
    for (const index of members) prices.builds[index] = 0;
    const share = Math.floor(layout.units.team / payers.length);
    if (most > 0) for (const index of payers) prices.builds[index] = share;
    const [first] = payers;
    if (most > 0 && first !== undefined)
      prices.builds[first] = share + (layout.units.team - share * payers.length);
  }
}

/** The team whose builds pay least for what they are; null: every one that builds pays for itself. */
export function unpaidTeam(
  layout: Layout,
  prices: Prices,
  relaxed: Relaxed,
  tally: TeamTally,
): string | null {
  let unpaid: { readonly team: string; readonly paid: number } | null = null;
  for (const [team, members] of tally.members) {
    const builders = members.filter((index) => isBuilt(layout, relaxed, index));
    if (builders.length === 0) continue;
    const paid = builders.reduce((sum, index) => sum + at(prices.builds, index), 0);
    if (paid < layout.units.team && (unpaid === null || paid < unpaid.paid)) unpaid = { team, paid };
  }
  return unpaid?.team ?? null;
}

function isBuilt({ model }: Layout, relaxed: Relaxed, index: number): boolean {
  const image = model.images[index];
  const state = image === undefined || image.parent === null ? 0 : at(relaxed.outcomes, image.parent);
  return (image?.options[state]?.[at(relaxed.options, index)]?.action.kind ?? 'keep') !== 'keep';
}
