import type { FixPlanAnswer } from '#model';
import { affectedImages, excusesByInstance, type AffectedImage } from '../affected/affected.ts';
import { affectedBy } from '../affected/holdings.ts';
import { knownVulnerability } from '../affected/vulnerability.ts';
import { planFixes, type FixPlan } from '../fix-plan/index.ts';
import { fixProblemOf } from '../fix-problem/fix-problem-of.ts';
import { newerImagesOf } from '../fix-problem/newer-images.ts';
import { momentOf } from '../running/moment.ts';
import type { PatchView } from '../view.ts';

/** Where to fix it, what to build then, and what only has to be started again. */
export function fixPlanAnswer(view: PatchView, asked: string): FixPlanAnswer {
  const vulnerability = knownVulnerability(view.advisories, asked);
  const holdings = affectedBy(vulnerability.records, view.lists);
  const excuses = view.excuses.excusesOf([vulnerability.id, ...vulnerability.aliases], view.clock());
  const images = affectedImages(holdings, momentOf(null, view.running, view.instances), excuses);
  const excused = excusesByInstance(images, excuses);
  const waiting = images
    .map((image) => ({ ...image, instances: image.instances.filter(({ id }) => excused.get(id) == null) }))
    .filter(({ instances }) => instances.length > 0);
  const restarts: FixPlanAnswer['restarts'] = [];
  const wanted = waiting.filter((image) => {
    const [newer] = newerImagesOf(view, image.id, holdings);
    if (newer !== undefined) restarts.push(restartOf(view, image, newer));
    return newer === undefined;
  });
  const plan = planFixes(fixProblemOf(view, holdings, wanted));
  return { id: vulnerability.id, ...answerOf(plan), restarts };
}

function restartOf(
  view: PatchView,
  { id, instances }: AffectedImage,
  to: string,
): FixPlanAnswer['restarts'][number] {
  return { image: id, name: view.images.nameOf(id), to, instances: instances.length };
}

function answerOf(plan: FixPlan): Omit<FixPlanAnswer, 'id' | 'restarts'> {
  return {
    fixPoints: plan.fixPoints.map((point) => ({
      ...point,
      to: point.to?.name ?? null,
      packages: point.packages.map((each) => ({ ...each })),
    })),
    levels: plan.levels.map((level) => level.map((build) => ({ ...build }))),
    unfixable: plan.unfixable.map((each) => ({ ...each })),
    teams: [...plan.teams],
    optimal: plan.optimal,
    explored: plan.explored,
  };
}
