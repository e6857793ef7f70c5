import { at, type Layout } from './layout.ts';
import { copyPrices, type Prices, relax } from './relaxation.ts';
import { compareToBest, roundedUp, type Run } from './search-node.ts';

/**
 * Tries every outcome of every shared image by itself and closes those under which no plan comes as
 * close as the best so far. True for all plans that `prices` leaves open; improves them in place.
 *
 * @returns how many were closed.
 */
export function closeOutcomes(prices: Prices, run: Run): number {
  const { layout } = run;
  let closed = 0;
  for (const source of new Set(layout.model.uses.map((use) => use.source))) {
    const open = openPlaces(source, prices, layout);
    if (open.length < 2) continue;
    for (const place of open) {
      const probe = copyPrices(prices);
      for (const other of open) if (other !== place) probe.closedOutcomes[other] = 1;
      if (!isTooMuch(probe, run)) continue;
      prices.closedOutcomes[place] = 1;
      closed += 1;
    }
  }
  return closed;
}

/** How many of the best plan's teams have to build in every plan that comes as close, teams left aside. */
export function countNeededTeams(prices: Prices, run: Run): number {
  const { model } = run.layout;
  const members = new Map<string, number[]>();
  for (const [index, { content }] of model.images.entries()) {
    if (content.image.team === null || run.incumbent.actions[index]?.kind === 'keep') continue;
    members.set(content.image.team, []);
  }
  for (const [index, { content }] of model.images.entries()) members.get(content.image.team ?? '')?.push(index);
  let needed = 0;
  for (const indexes of members.values()) {
    const closed = prices.builds.closed.slice();
    for (const index of indexes) closed[index] = 1;
    if (isTooMuch({ ...prices, builds: { ...prices.builds, closed, outer: null } }, run)) needed += 1;
  }
  return needed;
}

function openPlaces(source: number, prices: Prices, { firstOutcome }: Layout): readonly number[] {
  const places: number[] = [];
  for (let place = at(firstOutcome, source); place < at(firstOutcome, source + 1); place++) {
    if (at(prices.closedOutcomes, place) === 0) places.push(place);
  }
  return places;
}

function isTooMuch(prices: Prices, run: Run): boolean {
  run.explored += 1;
  const bound = roundedUp(relax(run.layout, prices), run.layout.units.build);
  return compareToBest(bound, run) > 0;
}
