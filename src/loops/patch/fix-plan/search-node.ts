import type { Cost, Units } from './cost.ts';
import type { Incumbent } from './incumbent.ts';
import type { Layout } from './layout.ts';
import type { Prices } from './relaxation.ts';

/** In the units of the relaxation, first what stays unfixed. */
export interface Bound {
  readonly unfixed: number;
  readonly effort: number;
}

/** Part of the plans: those in which the closed outcomes and builds do not occur. */
export interface Node {
  /** Without prices of builds. */
  readonly prices: Prices;
  /** Teams that are paid for as a whole, whether they build or not. */
  readonly teams: ReadonlySet<string>;
  readonly bound: Bound;
}

/** What the two parts of a node disagree about most. */
export type Split =
  | { readonly kind: 'source'; readonly source: number; readonly outcome: number }
  | { readonly kind: 'team'; readonly team: string };

/** The state of one search. */
export interface Run {
  readonly layout: Layout;
  /** Prices of the first node, which hold for all plans. */
  readonly everything: Prices;
  explored: number;
  incumbent: Incumbent;
  /** The teams that every plan that costs `of`, teams left aside, needs; null: not asked yet. */
  needed: { readonly of: Bound; readonly teams: readonly string[] } | null;
}

/** Whether there can be a better plan than the incumbent under this bound. */
export function isBelow(bound: Bound, { incumbent, layout }: Run): boolean {
  return compareBounds(bound, boundOfCost(incumbent.cost, layout.units)) < 0;
}

/** What a plan of that cost sums up to; `costOfUnits` is the other way round. */
export function boundOfCost(cost: Cost, units: Units): Bound {
  return {
    unfixed: cost.unfixedImages * units.image + cost.unfixedPackages,
    effort: cost.fixPoints * units.fixPoint + cost.builds * units.build + cost.teams * units.team,
  };
}

export function compareBounds(left: Bound, right: Bound): number {
  if (left.unfixed !== right.unfixed) return left.unfixed < right.unfixed ? -1 : 1;
  return left.effort - right.effort;
}

/** The same, with the teams left aside. */
export function compareToBest(bound: Bound, { incumbent, layout }: Run): number {
  return compareBounds(bound, boundOfCost({ ...incumbent.cost, teams: 0 }, layout.units));
}

/** Plans cost whole units, so a bound is rounded up to the next. */
export function roundedUp({ unfixed, effort }: Bound, unit: number): Bound {
  return { unfixed, effort: Math.ceil(effort / unit) * unit };
}

export function higherOf(left: Bound, right: Bound): Bound {
  return compareBounds(left, right) < 0 ? right : left;
}
