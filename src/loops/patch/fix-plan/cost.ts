import { type Actions, KEEP, resultOf } from './action.ts';
import type { Content } from './content.ts';
import type { FixImage } from './fix-problem.ts';
import { ABSENT, countOf, type PackageSet } from './package-set.ts';

/** What a plan costs; compared from the first member to the last, less is better. */
export interface Cost {
  /** Required images that still hold one of the packages. */
  readonly unfixedImages: number;
  /** The same, each counted as often as it holds one. */
  readonly unfixedPackages: number;
  readonly fixPoints: number;
  readonly builds: number;
  readonly teams: number;
}

/**
 * A cost as two whole numbers, so that it can be added up: what stays unfixed, and what it takes.
 * Exact up to 50,000 images, 500 packages and 1,000 teams: 50,000² × 1,000 × 1,024 < 2⁵³.
 */
export interface Units {
  readonly image: number;
  readonly fixPoint: number;
  readonly build: number;
  /** A fine grain, because the search shares the cost of a team among its images. */
  readonly team: number;
}

export function unitsOf(images: readonly Content[], packages: number): Units {
  const teams = new Set(images.map(({ image }) => image.team)).size;
  const team = 1024;
  const build = team * (teams + 1);
  return {
    image: packages * images.length + 1,
    fixPoint: build * (images.filter(({ image }) => image.buildSource).length + 1),
    build,
    team,
  };
}

/** What a sum in these units counts. */
export function costOfUnits(sum: { readonly unfixed: number; readonly effort: number }, units: Units): Cost {
  const { unfixed, effort } = sum;
  return {
    unfixedImages: Math.floor(unfixed / units.image),
    unfixedPackages: unfixed % units.image,
    fixPoints: Math.floor(effort / units.fixPoint),
    builds: Math.floor((effort % units.fixPoint) / units.build),
    teams: Math.floor((effort % units.build) / units.team),
  };
}

/** What the actions make of the images; null where something is built from what was never built. */
export function simulate(images: readonly Content[], actions: Actions): readonly PackageSet[] | null {
  const holds: PackageSet[] = [];
  const holdsOf = (source: number): PackageSet => holds[source] ?? ABSENT;
  for (const content of images) {
    const result = resultOf(content, actions[holds.length] ?? KEEP, holdsOf);
    if (result === null) return null;
    holds.push(result);
  }
  return holds;
}

export function costOf(images: readonly Content[], actions: Actions, holds: readonly PackageSet[]): Cost {
  const cost = { unfixedImages: 0, unfixedPackages: 0, fixPoints: 0, builds: 0 };
  const teams = new Set<string>();
  for (let index = 0; index < images.length; index++) {
    const image = images[index]?.image;
    if (image === undefined) continue;
    const left = exposureOf(image, holds[index] ?? ABSENT);
    cost.unfixedPackages += left;
    if (left > 0) cost.unfixedImages += 1;
    const kind = actions[index]?.kind ?? 'keep';
    if (kind === 'change') cost.fixPoints += 1;
    if (kind !== 'keep') cost.builds += 1;
    if (kind !== 'keep' && image.team !== null) teams.add(image.team);
  }
  return { ...cost, teams: teams.size };
}

export function compareCosts(left: Cost, right: Cost): number {
  return (
    left.unfixedImages - right.unfixedImages ||
    left.unfixedPackages - right.unfixedPackages ||
    left.fixPoints - right.fixPoints ||
    left.builds - right.builds ||
    left.teams - right.teams
  );
}

/** How many of the packages count against the plan in an image that holds `set` at its end. */
export function exposureOf({ required, built }: FixImage, set: PackageSet): number {
  return required && built ? countOf(set) : 0;
}
