import type { Build } from './fix-plan.ts';
import { compareText } from './image-order.ts';
import type { Outcome, PlannedImage } from './outcome.ts';
import { listed, plannedImages, referenceOf } from './outcome.ts';

/** Everything that is built, each level after all that it is built from. */
export function buildLevelsOf(outcome: Outcome): readonly (readonly Build[])[] {
  const levels: Build[][] = [];
  const levelByIndex = new Map<number, number>();
  for (const planned of plannedImages(outcome)) {
    if (planned.action.kind === 'keep') continue;
    const above = sourcesBuilt(planned, levelByIndex).map((source) => levelByIndex.get(source) ?? 0);
    const level = Math.max(-1, ...above) + 1;
    levelByIndex.set(planned.index, level);
    const { id, name, team, instances } = planned.content.image;
    const reason = reasonOf(planned, levelByIndex, outcome);
    const base = referenceOf(planned)?.source ?? null;
    const from = base === null ? null : (outcome.contents.images[base]?.image.id ?? null);
    (levels[level] ??= []).push({ image: id, name, team, instances, from, reason });
  }
  return levels.map((level) => level.toSorted((left, right) => compareText(left.name, right.name)));
}

/** Indexes of the images that are built as well, and that it takes something from. */
function sourcesBuilt(planned: PlannedImage, built: ReadonlyMap<number, number>): readonly number[] {
  const base = referenceOf(planned)?.source ?? null;
  const sources = new Set(planned.content.copySources);
  if (base !== null) sources.add(base);
  return [...sources].filter((source) => built.has(source));
}

function reasonOf(planned: PlannedImage, built: ReadonlyMap<number, number>, { contents }: Outcome): string {
  const base = referenceOf(planned)?.source ?? null;
  const nameOf = (index: number): string => contents.images[index]?.image.name ?? '';
  const copied = planned.content.copySources.filter((source) => built.has(source)).map(nameOf);
  const parts = ownReasons(planned);
  if (base !== null && built.has(base)) parts.push(`it takes the new build of its base ${nameOf(base)}`);
  else if (base !== null && base !== planned.content.base && planned.action.kind === 'rebuild') {
    parts.push(`its base reference leads to ${nameOf(base)} by now`);
  }
  if (copied.length > 0) parts.push(`it copies files from the new build of ${listed(copied)}`);
  // Its list is older than what it would be built from today.
  return parts.length === 0 ? 'what it is built from does not hold the package any more' : parts.join('; ');
}

function ownReasons({ action, content }: PlannedImage): string[] {
  if (action.kind === 'change') return ['it is a fix point'];
  if (!content.image.built) return ['it is built for the first time'];
  const refetched = content.image.holdings.some(({ origin }) => origin.kind === 'refetched');
  return refetched ? ['its build steps take the fixed version when they run again'] : [];
}
