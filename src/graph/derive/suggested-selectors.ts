import type { Selector } from '#model';

import { serviceNameOfContainer } from './container-name.ts';
import { featuresOf } from './features.ts';
import { escapeGlob } from './glob.ts';
import type { InstanceView } from './instance-view.ts';
import { safeName } from './safe-name.ts';
import { SelectorIndex } from './selector-index.ts';
import { undeclaredService } from './undeclared.ts';

/** A service and the instances that it was derived for. */
export interface SelectedService {
  readonly id: string;
  readonly environment: string;
  readonly instances: readonly InstanceView[];
}

/**
 * Selectors for each service that match all of its instances and none of another's, by id; a service that no
 * selector tells apart has none.
 *
 * @param others services whose instances must not be matched either
 */
export function selectorsFor(
  services: readonly SelectedService[],
  others: readonly SelectedService[],
): ReadonlyMap<string, readonly Selector[]> {
  const all = [...services, ...others];
  const short = new Map(services.map((service) => [service.id, shortSelectors(service)]));
  const wrong = matchingOthers(short, all);
  const exact = new Map(
    services.map((service) => [
      service.id,
      wrong.has(service.id) ? exactSelectors(service) : (short.get(service.id) ?? null),
    ]),
  );
  const stillWrong = matchingOthers(exact, all);
  return new Map(
    [...exact].flatMap(([id, selectors]) =>
      selectors === null || stillWrong.has(id) || !selectors.every(canBeWritten) ? [] : [[id, selectors]],
    ),
  );
}

/** Replicas that only their names tell apart in one pattern; otherwise the exact ones. */
function shortSelectors(service: SelectedService): readonly Selector[] | null {
  const exact = exactSelectors(service);
  if (exact === null || exact.length < 2 || !exact.every((selector) => selector.name !== undefined))
    return exact;
  const short = service.instances.map((view) => {
    const name = serviceNameOfContainer(view.data.name) ?? view.data.name;
    const separator = view.data.name.charAt(name.length);
    const isReplica = view.data.name.startsWith(name) && separator !== '';
    const pattern = isReplica ? `${escapeGlob(name + separator)}*` : escapeGlob(view.data.name);
    return inEnvironment({ name: pattern }, view, service.environment);
  });
  return distinct(short);
}

/** Null when an instance shows nothing that a selector can look at. */
function exactSelectors({ instances, environment }: SelectedService): readonly Selector[] | null {
  const selectors: Selector[] = [];
  for (const view of instances) {
    const { match } = undeclaredService(view);
    if (match === null) return null;
    selectors.push(inEnvironment(match, view, environment));
  }
  return distinct(selectors);
}

/** Where the environment comes from a label, the label tells the service from its twin elsewhere. */
function inEnvironment(selector: Selector, view: InstanceView, environment: string): Selector {
  const key = ['environment', 'env'].find((label) => safeName(view.data.labels[label] ?? '') === environment);
  if (key === undefined) return selector;
  const label = `${key}=${escapeGlob(view.data.labels[key] ?? '')}`;
  return { ...selector, label: [...(selector.label ?? []), label] };
}

function matchingOthers(
  selectors: ReadonlyMap<string, readonly Selector[] | null>,
  services: readonly SelectedService[],
): ReadonlySet<string> {
  const index = new SelectorIndex<string>();
  for (const [id, ofService] of selectors) {
    for (const selector of ofService ?? []) index.add(selector, id);
  }
  const wrong = services.flatMap(({ id, instances }) => {
    const matching = instances.flatMap((view) => [...index.matching(featuresOf(view)).keys()]);
    return matching.filter((other) => other !== id);
  });
  return new Set(wrong);
}

/** The schema's limits: a path is absolute, and nothing is longer than Linux's PATH_MAX. */
function canBeWritten({ label = [], workingDirectory = '/', ...texts }: Selector): boolean {
  const written = [...label, workingDirectory, ...Object.values(texts).map(String)];
  return workingDirectory.startsWith('/') && written.every((text) => text !== '' && text.length <= 4096);
}

function distinct(selectors: readonly Selector[]): readonly Selector[] {
  const byText = new Map(selectors.map((selector) => [JSON.stringify(selector), selector]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, selector]) => selector);
}
