import type { Instant } from '#model';
import type { RunningInstance, RunningInstances } from '../questions.ts';
import { ImageInstances } from './image-instances.ts';
import { hasUnknownImage, imagesOf, type RunningNow } from './running-now.ts';

/** What ran at a moment, by image. */
export interface Moment {
  readonly at: Instant | null;
  ofImage(image: string): ReadonlySet<string>;
  /** The same with their names; null: none ran it. */
  instancesOf(image: string): ImageInstances | null;
  images(): Iterable<string>;
  withoutImage(): Iterable<string>;
  one(id: string): RunningInstance | null;
}

/** Now is followed as it goes on; a moment of the past is put in order for the one question. */
export function momentOf(at: Instant | null, now: RunningNow, instances: RunningInstances): Moment {
  if (at === null) {
    return {
      at,
      ofImage: (image) => now.ofImage(image),
      instancesOf: (image) => now.instancesOf(image),
      images: () => now.images(),
      withoutImage: () => now.withoutImage(),
      one: (id) => now.one(id),
    };
  }
  const byId = new Map<string, RunningInstance>();
  const byImage = new Map<string, RunningInstance[]>();
  const withoutImage: string[] = [];
  for (const instance of instances.at(at)) {
    byId.set(instance.id, instance);
    if (hasUnknownImage(instance)) withoutImage.push(instance.id);
    for (const image of imagesOf(instance)) {
      const known = byImage.get(image);
      if (known === undefined) byImage.set(image, [instance]);
      else known.push(instance);
    }
  }
  return {
    at,
    ofImage: (image) => new Set((byImage.get(image) ?? []).map(({ id }) => id)),
    instancesOf: (image) => {
      const known = byImage.get(image);
      return known === undefined ? null : new ImageInstances(known);
    },
    images: () => byImage.keys(),
    withoutImage: () => withoutImage,
    one: (id) => byId.get(id) ?? null,
  };
}
