import type { FixPlanAnswer } from '#model';
import { affectedBy } from '../../image-tree/brute-force.ts';
import type { ImageTree, TreeImage } from '../../image-tree/image-tree.ts';
import type { OsvRecord } from '../../image-tree/osv-records.ts';

/** What is done to an image: nothing, a build with its source as it is, or one with a source that was fixed. */
type Action = 'keep' | 'rebuild' | 'change';
export const ACTIONS: readonly Action[] = ['keep', 'rebuild', 'change'];

/** Running images that still hold it, then fix points, builds, and teams that build: less is better. */
export type PlanScore = readonly [holding: number, fixPoints: number, builds: number, teams: number];

/** The best score of every combination of actions, tried one by one. */
export function bestScore(record: OsvRecord, tree: ImageTree, running: ReadonlySet<string>): PlanScore {
  const images = [...tree.images.values()];
  let best: PlanScore = [Infinity, 0, 0, 0];
  const actions = new Map<string, Action>();
  const choose = (index: number): void => {
    const image = images[index];
    if (image === undefined) {
      const score = scoreOf(record, { tree, running, actions });
      if (isLess(score, best)) best = score;
      return;
    }
    for (const action of ACTIONS) {
      actions.set(image.recipe.name, action);
      choose(index + 1);
    }
  };
  choose(0);
  return best;
}

/** What a plan of the product would come to, if people did what it says. */
export function planScore(
  plan: FixPlanAnswer,
  record: OsvRecord,
  { tree, running }: { readonly tree: ImageTree; readonly running: ReadonlySet<string> },
): PlanScore {
  const changed = new Set(plan.fixPoints.map(({ image }) => image));
  const built = new Set(plan.levels.flat().map(({ image }) => image));
  const actions = new Map(
    [...tree.images.values()].map(({ id, recipe }): [string, Action] => [
      recipe.name,
      changed.has(id) ? 'change' : built.has(id) ? 'rebuild' : 'keep',
    ]),
  );
  return scoreOf(record, { tree, running, actions });
}

/** `name ← name` for each image that is built before, or beside, what it is built from. */
export function outOfOrder(plan: FixPlanAnswer, tree: ImageTree): readonly string[] {
  const level = new Map(plan.levels.flatMap((those, at) => those.map(({ image }) => [image, at] as const)));
  return [...tree.images.values()].flatMap(({ id, recipe }) => {
    const sources = [...(recipe.parent === null ? [] : [recipe.parent]), ...recipe.copiesFrom];
    return sources
      .filter((name) => (level.get(tree.image(name).id) ?? -1) >= (level.get(id) ?? Infinity))
      .map((name) => `${recipe.name} ← ${name}`);
  });
}

interface Choice {
  readonly tree: ImageTree;
  readonly running: ReadonlySet<string>;
  readonly actions: ReadonlyMap<string, Action>;
}

function scoreOf(record: OsvRecord, { tree, running, actions }: Choice): PlanScore {
  const after = new Map<string, readonly string[]>();
  const built: TreeImage[] = [];
  let [holding, fixPoints] = [0, 0];
  // Parents come first.
  for (const image of tree.images.values()) {
    const { name, parent } = image.recipe;
    const action = actions.get(name) ?? 'keep';
    if (action !== 'keep') built.push(image);
    if (action === 'change') fixPoints += 1;
    const below = parent === null ? [] : (after.get(parent) ?? []);
    const left = leftBy(action, { record, tree, image, below });
    after.set(name, left);
    if (left.length > 0 && running.has(image.id)) holding += 1;
  }
  return [holding, fixPoints, built.length, new Set(built.map(({ recipe }) => recipe.team)).size];
}

interface Step {
  readonly record: OsvRecord;
  readonly tree: ImageTree;
  readonly image: TreeImage;
  /** What is left in its base. */
  readonly below: readonly string[];
}

/** What an image holds after an action: its own build steps do again what they did. */
export function leftBy(action: Action, { record, tree, image, below }: Step): readonly string[] {
  if (action === 'change') return [];
  const now = vulnerable(record, image);
  if (action === 'keep') return now;
  const { parent } = image.recipe;
  const inherited = parent === null ? [] : vulnerable(record, tree.image(parent));
  return [...now.filter((each) => !inherited.includes(each)), ...below];
}

const known = new Map<string, readonly string[]>();

function vulnerable(record: OsvRecord, { key, packages }: TreeImage): readonly string[] {
  const id = `${record.id} ${key}`;
  const found =
    known.get(id) ?? affectedBy(record, packages).map(({ name, version }) => `${name} ${version}`);
  known.set(id, found);
  return found;
}

export function isLess(left: readonly number[], right: readonly number[]): boolean {
  const differs = left.findIndex((value, index) => value !== right[index]);
  return differs >= 0 && (left[differs] ?? 0) < (right[differs] ?? 0);
}
