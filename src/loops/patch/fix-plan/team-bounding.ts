import { improveBy, type UsesBounded } from './bounding.ts';
import { usesOf } from './incumbent.ts';
import { disagreementOf, newTally, priceTeams } from './pricing.ts';
import { isNeeded, neededTeams, teamsBuilt } from './probing.ts';
import { completed, relax } from './relaxation.ts';
import { type Bound, higherOf, isBelow, type Node, roundedUp, type Run, type Split } from './search-node.ts';

/** Shares of the cost of a team that settle in two rounds settle for good, as a rule. */
const ROUNDS = 4;

/**
 * Bounds the teams, where what comes before them is equal to the best plan so far: by the teams that
 * every such plan needs, and by prices.
 */
export function boundByTeams(
  node: Node,
  start: UsesBounded,
  run: Run,
): { readonly bound: Bound; readonly split: Split | null } {
  const { layout } = run;
  const priced = boundByPrices(node, start, node.teams, run);
  if (!isBelow(priced, run)) return { bound: priced, split: null };
  const counted = new Set([...node.teams, ...neededTeams(run)]);
  const built = teamsBuilt(completed(start.relaxed, layout), layout).filter((team) => !counted.has(team));
  const optional: string[] = [];
  for (const team of built) {
    if (isNeeded(team, node.prices, run)) counted.add(team);
    else optional.push(team);
  }
  let bound = higherOf(node.bound, {
    ...start.bound,
    effort: start.bound.effort + counted.size * layout.units.team,
  });
  if (isBelow(bound, run)) bound = higherOf(bound, boundByPrices(node, start, counted, run));
  if (!isBelow(bound, run)) return { bound, split: null };
  const [team] = optional;
  return { bound, split: team === undefined ? start.split : { kind: 'team', team } };
}

/** The counted teams are paid as a whole; each other one is paid by those of it that are built anyway. */
function boundByPrices(node: Node, start: UsesBounded, counted: ReadonlySet<string>, run: Run): Bound {
  const { layout } = run;
  const tally = newTally(layout, counted);
  let relaxed = completed(start.relaxed, layout);
  let builds = node.prices.builds;
  let { bound } = node;
  for (let round = 0; round < ROUNDS && isBelow(bound, run); round++) {
    builds = priceTeams(layout, builds, relaxed, tally);
    const prices = { ...node.prices, builds };
    relaxed = completed(relax(layout, prices), layout);
    run.explored += 1;
    const effort = relaxed.effort + counted.size * layout.units.team;
    bound = higherOf(bound, roundedUp({ unfixed: relaxed.unfixed, effort }, layout.units.team));
    if (!isBelow(bound, run)) break;
    const used = usesOf(relaxed, layout);
    const disagreement = disagreementOf(layout, prices, relaxed, used);
    improveBy(relaxed, { used, disagreement, settles: round === 0 }, { ...node, prices }, run);
  }
  return bound;
}
