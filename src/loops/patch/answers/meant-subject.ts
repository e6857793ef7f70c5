import { isDigest, isImageName, isShortId, isTaggedImageName } from '#model';
import type { RunningInstance } from '../questions.ts';
import type { PatchView } from '../view.ts';

type NamedThings = Pick<PatchView, 'graph' | 'images' | 'running'>;

/** An image, and the name by which it was meant: its digest where that was written. */
export interface MeantImage {
  readonly id: string;
  readonly name: string;
}

/**
 * Images as people write them: by name, by digest, without the registry, without the tag. What is
 * written whole counts before what is a part of a name; what is still there before what was.
 */
export function imagesMeant(view: NamedThings, written: string): readonly MeantImage[] {
  const { images } = view;
  const exact = images.named(written).map((id) => ({ id, name: written }));
  if (exact.length > 0) return stillThere(view, exact);
  const all = images.tree.nodes.flatMap(({ id }) => id ?? []);
  const byDigest = all.filter((id) => isDigest(id, written)).map((id) => ({ id, name: id }));
  if (byDigest.length > 0) return stillThere(view, byDigest);
  const named = all.flatMap((id) => (images.details(id)?.names ?? []).map((name) => ({ id, name })));
  const tagged = named.filter(({ name }) => isTaggedImageName(name, written));
  if (tagged.length > 0) return stillThere(view, tagged);
  return stillThere(
    view,
    named.filter(({ name }) => isImageName(name, written)),
  );
}

function stillThere({ graph, running }: NamedThings, found: readonly MeantImage[]): readonly MeantImage[] {
  const there = found.filter(({ id }) => graph.one('image', id) !== null || running.ofImage(id).size > 0);
  return there.length > 0 ? there : found;
}

/** Running instances by id, by name, or by the beginning of the engine's id. */
export function instancesMeant({ running }: NamedThings, written: string): readonly RunningInstance[] {
  const exact = running.one(written);
  if (exact !== null) return [exact];
  return everythingRunning(running).filter(({ id, name }) => name === written || isShortId(id, written));
}

/** Instances, or all of the service that is called so. */
export function runningMeant(view: NamedThings, written: string): readonly RunningInstance[] {
  const instances = instancesMeant(view, written);
  if (instances.length > 0) return instances;
  const services = new Set<string | null>(servicesMeant(view, written));
  return everythingRunning(view.running).filter(({ service }) => service !== null && services.has(service));
}

/** Ids of services by id, by `application/name`, or by name: those that run, and those that are declared. */
export function servicesMeant({ graph, running }: NamedThings, written: string): readonly string[] {
  const known = new Set(Array.from(graph.all('service'), ({ id }) => id));
  for (const { service } of everythingRunning(running)) if (service !== null) known.add(service);
  if (known.has(written)) return [written];
  return [...known].filter((id) => id.endsWith(`/${written}`)).toSorted();
}

/** Declared, or owners of something that runs. */
export function teamNames({ graph, running }: NamedThings): ReadonlySet<string> {
  const names = new Set(Array.from(graph.all('team'), ({ id }) => id));
  for (const { team } of everythingRunning(running)) if (team !== null) names.add(team);
  return names;
}

export function everythingRunning(running: NamedThings['running']): readonly RunningInstance[] {
  return [...running.ids()].flatMap((id) => running.one(id) ?? []);
}
