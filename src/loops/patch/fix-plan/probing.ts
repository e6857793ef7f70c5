import type { Layout } from './layout.ts';
import { flagAt, indexAt } from './typed-arrays.ts';
import { copyPrices, isBuilt, type Prices, relax, type Relaxed } from './relaxation.ts';
import { boundOfCost, compareBounds, compareToBest, roundedUp, type Run } from './search-node.ts';

/**
 * Tries every outcome of every shared image by itself and closes those under which no plan comes as
 * close as the best so far. True for all plans that `prices` leaves open; improves them in place.
 */
export function closeOutcomes(prices: Prices, run: Run): void {
  const { layout } = run;
  for (const source of new Set(layout.model.uses.map((use) => use.source))) {
    const open = openPlaces(source, prices, layout);
    if (open.length < 2) continue;
    for (const place of open) {
      if (!isTooMuch(onlyOpen(place, open, prices), run)) continue;
      prices.closedOutcomes[place] = 1;
    }
  }
}

/** The teams that build in every plan as good as the best so far, teams left aside. */
export function neededTeams(run: Run): readonly string[] {
  const { incumbent, layout } = run;
  const of = boundOfCost({ ...incumbent.cost, teams: 0 }, layout.units);
  if (run.needed === null || compareBounds(run.needed.of, of) !== 0) {
    const built = layout.model.contents.flatMap(({ image }, index) =>
      incumbent.actions[index]?.kind === 'keep' ? [] : (image.team ?? []),
    );
    const teams = [...new Set(built)].filter((team) => isNeeded(team, run.everything, run));
    run.needed = { of, teams };
  }
  return run.needed.teams;
}

/** Whether no plan without a build of the team comes as close as the best so far. */
export function isNeeded(team: string, prices: Prices, run: Run): boolean {
  const closed = prices.builds.closed.slice();
  for (const index of run.layout.teams.get(team) ?? []) closed[index] = 1;
  return isTooMuch({ ...prices, builds: { ...prices.builds, closed, outer: null } }, run);
}

export function teamsBuilt(relaxed: Relaxed, layout: Layout): readonly string[] {
  return [...layout.teams].flatMap(([team, members]) =>
    members.some((index) => isBuilt(layout, relaxed, index)) ? [team] : [],
  );
}

function onlyOpen(place: number, places: readonly number[], prices: Prices): Prices {
  const probe = copyPrices(prices);
  for (const other of places) if (other !== place) probe.closedOutcomes[other] = 1;
  return probe;
}

function openPlaces(source: number, prices: Prices, { firstOutcome }: Layout): readonly number[] {
  const places: number[] = [];
  for (let place = indexAt(firstOutcome, source); place < indexAt(firstOutcome, source + 1); place++) {
    if (flagAt(prices.closedOutcomes, place) === 0) places.push(place);
  }
  return places;
}

function isTooMuch(prices: Prices, run: Run): boolean {
  run.explored += 1;
  const bound = roundedUp(relax(run.layout, prices), run.layout.units.build);
  return compareToBest(bound, run) > 0;
}
