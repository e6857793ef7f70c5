import type { HeldRun } from '#graph';
import type { Excuse, Excuses, HeldThere } from '../excuses/excuse-book.ts';
import type { RunningInstance } from '../questions.ts';
import type { Moment } from '../running/moment.ts';
import type { Holdings } from './holdings.ts';

/** An image that ran and holds what was asked for. */
export interface AffectedImage {
  readonly id: string;
  readonly held: readonly HeldThere[];
  readonly instances: readonly RunningInstance[];
  /** By a statement about what it holds. */
  readonly excuse: Excuse | null;
}

/** Ids of the instances that ran any of the images, each once. */
export function affectedInstances(images: Iterable<string>, moment: Moment): readonly string[] {
  const ids: string[] = [];
  const several = new Set<string>();
  for (const image of images) {
    for (const instance of moment.instancesOf(image) ?? []) {
      if (moment.hasSeveral(instance)) several.add(instance.id);
      else ids.push(instance.id);
    }
  }
  ids.push(...several);
  return ids;
}

/** What each image that ran holds, and who ran it. */
export function affectedImages(
  holdings: Holdings,
  moment: Moment,
  excuses: Excuses | null,
): readonly AffectedImage[] {
  const runs = new Map<string, HeldRun[]>();
  for (const image of holdings.images) if (moment.instancesOf(image) !== null) runs.set(image, []);
  if (runs.size === 0) return [];
  for (const run of holdings.runs()) for (const image of run.images) runs.get(image)?.push(run);
  // One base's packages are the same object for all images above it.
  const there = new Map<HeldRun, readonly HeldThere[]>();
  const heldIn = (run: HeldRun): readonly HeldThere[] => {
    const known = there.get(run);
    if (known !== undefined) return known;
    const held = run.packages.map((entry) => ({ package: entry, layer: run.layer }));
    there.set(run, held);
    return held;
  };
  return Array.from(runs, ([id, own]): AffectedImage => {
    const held = own.length === 1 && own[0] !== undefined ? heldIn(own[0]) : own.flatMap(heldIn);
    const instances = moment.instancesOf(id) ?? [];
    return { id, held, instances, excuse: excuses?.any === true ? excuses.ofImage(id, held) : null };
  });
}

/** Of an instance with several images, every one that is affected must be excused, or the instance as such. */
export function excusesByInstance(
  images: readonly AffectedImage[],
  excuses: Excuses,
): ReadonlyMap<string, Excuse | null> {
  const found = new Map<string, Excuse | null>();
  for (const { instances, excuse } of images) {
    for (const instance of instances) {
      const known = found.get(instance.id);
      found.set(
        instance.id,
        known === null ? null : (excuse ?? (excuses.any ? excuses.ofInstance(instance) : null)),
      );
    }
  }
  return found;
}
