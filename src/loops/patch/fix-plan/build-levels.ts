import { takenFrom } from './content.ts';
import type { Build } from './fix-plan.ts';
import { compareText } from './image-order.ts';
import { listed, type Outcome, type PlannedBuild } from './outcome.ts';

/** Everything that is built, each level after all that it is built from. */
export function buildLevelsOf(outcome: Outcome): readonly (readonly Build[])[] {
  const levels: Build[][] = [];
  const levelByIndex = new Map<number, number>();
  for (const planned of outcome.built) {
    const base = planned.reference.source;
    const above = takenFrom(planned.content, base).map((source) => levelByIndex.get(source) ?? -1);
    const level = Math.max(-1, ...above) + 1;
    levelByIndex.set(planned.index, level);
    const { id, name, team, instances } = planned.content.image;
    const reason = reasonOf(planned, levelByIndex, outcome);
    const from = base === null ? null : (outcome.contents.images[base]?.image.id ?? null);
    (levels[level] ??= []).push({ image: id, name, team, instances, from, reason });
  }
  return levels.map((level) => level.toSorted((left, right) => compareText(left.name, right.name)));
}

function reasonOf(planned: PlannedBuild, built: ReadonlyMap<number, number>, { contents }: Outcome): string {
  const base = planned.reference.source;
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

function ownReasons({ action, content }: PlannedBuild): string[] {
  if (action.kind === 'change') return ['it is a fix point'];
  if (!content.image.built) return ['it is built for the first time'];
  const refetched = content.image.holdings.some(({ origin }) => origin.kind === 'refetched');
  return refetched ? ['its build steps take the fixed version when they run again'] : [];
}
