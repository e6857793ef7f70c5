import type { ImageTree, TreeImage } from '../../image-tree/image-tree.ts';
import type { OsvRecord } from '../../image-tree/osv-records.ts';
import { ACTIONS, isLess, leftBy, type PlanScore } from './true-plan.ts';

/** Teams aside, which only the whole plan knows. */
type Cost = readonly [holding: number, fixPoints: number, builds: number];

/**
 * The best score of any plan, for trees in which combinations are too many to try: once it is said
 * which teams may build, what is best below one image depends on nothing beside it, so the images are
 * chosen for one by one, and what may build is every set of teams.
 */
export function bestScoreByTeams(
  record: OsvRecord,
  tree: ImageTree,
  running: ReadonlySet<string>,
): PlanScore {
  const images = [...tree.images.values()];
  const children = Map.groupBy(images, ({ recipe }) => recipe.parent);
  const teams = [...new Set(images.map(({ recipe }) => recipe.team))];

  const bestBelow = (parent: string | null, left: readonly string[], allowed: ReadonlySet<string>): Cost =>
    (children.get(parent) ?? []).map((image) => bestOf(image, left, allowed)).reduce(sum, [0, 0, 0]);

  const bestOf = (image: TreeImage, below: readonly string[], allowed: ReadonlySet<string>): Cost => {
    const { name, team } = image.recipe;
    const actions = ACTIONS.filter((action) => action === 'keep' || allowed.has(team));
    const costs = actions.map((action): Cost => {
      const left = leftBy(action, { record, tree, image, below });
      const holds = left.length > 0 && running.has(image.id);
      const own: Cost = [Number(holds), Number(action === 'change'), Number(action !== 'keep')];
      return sum(own, bestBelow(name, left, allowed));
    });
    return costs.reduce((best, cost) => (isLess(cost, best) ? cost : best));
  };

  return everySetOf(teams)
    .map((allowed): PlanScore => [...bestBelow(null, [], allowed), allowed.size])
    .reduce((best, score) => (isLess(score, best) ? score : best));
}

function everySetOf(teams: readonly string[]): readonly ReadonlySet<string>[] {
  return Array.from(
    { length: 2 ** teams.length },
    (_, bits) => new Set(teams.filter((_each, place) => (bits & (1 << place)) !== 0)),
  );
}

function sum(left: Cost, right: Cost): Cost {
  return [left[0] + right[0], left[1] + right[1], left[2] + right[2]];
}
