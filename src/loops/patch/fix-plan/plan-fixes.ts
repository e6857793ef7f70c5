import { buildLevelsOf } from './build-levels.ts';
import { choiceModelOf } from './choice-model.ts';
import { contentsOf } from './content.ts';
import { costOfUnits, unitsOf } from './cost.ts';
import { fixPointsOf } from './fix-points.ts';
import type { FixPlan } from './fix-plan.ts';
import type { FixProblem } from './fix-problem.ts';
import { compareText } from './image-order.ts';
import { outcomeOf } from './outcome.ts';
import { search } from './search.ts';
import { unfixableOf } from './unfixable.ts';

/**
 * Runs of the dynamic program: about a second of one core for 3,000 images with many shared ones. A
 * tree takes two runs, an organisation whose languages have unbuilt next bases 70 to 300.
 */
const BUDGET = 2000;

/**
 * The best plan: as few required images as possible stay unfixed; then the fewest fix points, then
 * builds, then teams. Pure: the same problem gives the same plan, in whatever order it is written.
 *
 * @throws FixPlanError where the problem contradicts itself.
 */
export function planFixes(problem: FixProblem, options: { readonly budget?: number } = {}): FixPlan {
  const contents = contentsOf(problem);
  const model = choiceModelOf(contents.images);
  const units = unitsOf(contents.images, contents.packages.length);
  const found = search(model, units, options.budget ?? BUDGET);
  const outcome = outcomeOf(contents, found.actions, found.holds);
  const levels = buildLevelsOf(outcome);
  const teams = levels.flat().flatMap(({ team }) => (team === null ? [] : [team]));
  return {
    fixPoints: fixPointsOf(outcome).toSorted((left, right) => compareText(left.name, right.name)),
    levels,
    unfixable: unfixableOf(outcome, found.optimal).toSorted((left, right) =>
      compareText(left.name, right.name),
    ),
    teams: [...new Set(teams)].toSorted(compareText),
    cost: found.cost,
    optimal: found.optimal,
    bound: found.optimal ? found.cost : costOfUnits(found.bound, units),
    explored: found.explored,
  };
}
