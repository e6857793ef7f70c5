import type { HeldRun } from '#graph';
import type { Excuse, Excuses } from '../excuses/excuse-book.ts';
import type { RunningInstance } from '../questions.ts';
import { runsSeveral, type ImageInstances } from '../running/image-instances.ts';
import type { Moment } from '../running/moment.ts';
import type { Holdings } from './holdings.ts';

/** An image that ran and holds what was asked for. */
export interface AffectedImage {
  readonly id: string;
  /** What it holds, by layer; images of one base share them. */
  readonly runs: readonly HeldRun[];
  readonly ran: ImageInstances;
  readonly instances: readonly RunningInstance[];
  /** By a statement about what it holds. */
  readonly excuse: Excuse | null;
}

/** Ids of the instances that ran any of the images, each once. */
export function affectedInstances(images: Iterable<string>, moment: Moment): readonly string[] {
  const ids: string[] = [];
  const several = new Set<string>();
  for (const image of images) {
    const ran = moment.instancesOf(image);
    if (ran === null) continue;
    if (!ran.areShared) {
      for (const id of ran.ids) ids.push(id);
      continue;
    }
    for (const instance of ran.instances) {
      if (runsSeveral(instance)) several.add(instance.id);
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
  const found = new Map<string, { readonly ran: ImageInstances; runs: readonly HeldRun[] }>();
  for (const run of holdings.runs()) {
    const alone = [run];
    for (const image of run.images) {
      const known = found.get(image);
      if (known !== undefined) {
        known.runs = [...known.runs, run];
        continue;
      }
      const ran = moment.instancesOf(image);
      if (ran !== null) found.set(image, { ran, runs: alone });
    }
  }
  return Array.from(found, ([id, { ran, runs }]): AffectedImage => {
    const excuse = excuses?.any === true ? excuses.ofImage(id, runs.flatMap(heldIn)) : null;
    return { id, runs, ran, instances: ran.instances, excuse };
  });
}

function heldIn({ packages, layer }: HeldRun) {
  return packages.map((entry) => ({ package: entry, layer }));
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
