import {
  DEFAULT_APPLICATION,
  DEFAULT_ENVIRONMENT,
  type EnvironmentData,
  type InstanceData,
  type Selector,
  type ServiceData,
  serviceId,
} from '#model';

import { type Features, featuresOf } from './features.ts';
import type { InstanceView } from './instance-view.ts';
import { SelectorIndex } from './selector-index.ts';
import { safeName } from './safe-name.ts';
import { describeSelector } from './selector.ts';
import { type DerivedFrom, undeclaredService } from './undeclared.ts';

/** A subject that somebody declared. */
export interface Declared<T> {
  readonly id: string;
  readonly data: T;
}

/** All declarations at one moment, ready for many instances. */
export interface DeclaredServices {
  readonly servicesBySelector: SelectorIndex<Declared<ServiceData>>;
  readonly environmentsBySelector: SelectorIndex<string>;
  /** Environments that say which instances are theirs; a service in one of them has no others. */
  readonly selective: ReadonlySet<string>;
}

export interface DerivedService {
  readonly kind: 'service';
  /** `environment/application/name` */
  readonly id: string;
  readonly name: string;
  readonly application: string;
  readonly environment: string;
  readonly derivedFrom: DerivedFrom;
  /** In words, for people: `Compose project shop, service web`. */
  readonly how: string;
}

/** Several declared services match: the instance belongs to none of them. */
export interface ServiceConflict {
  readonly kind: 'conflict';
  /** Ids, sorted. */
  readonly services: readonly string[];
}

/** Compiles all selectors once; the answers don't depend on the order of the lists. */
export function compileDeclaredServices(
  services: readonly Declared<ServiceData>[],
  environments: readonly Declared<EnvironmentData>[],
): DeclaredServices {
  return {
    servicesBySelector: indexOf(services.map((service) => [service, service.data.match])),
    environmentsBySelector: indexOf(environments.map(({ data }) => [data.name, data.match])),
    selective: new Set(environments.filter(({ data }) => data.match.length > 0).map(({ data }) => data.name)),
  };
}

/**
 * The service that an instance belongs to: the declared one whose selector matches; otherwise derived from what
 * the instance says of itself. A pure function of its arguments.
 */
export function deriveService(
  view: InstanceView,
  declared: DeclaredServices,
): DerivedService | ServiceConflict {
  const features = featuresOf(view);
  const environments = environmentsOf(features, declared);
  const matching = [...declared.servicesBySelector.matching(features)].filter(
    ([{ data }]) => !declared.selective.has(data.environment) || environments.includes(data.environment),
  );
  const [first] = matching;
  if (first === undefined) return derived(view, environments);
  if (matching.length > 1) return { kind: 'conflict', services: matching.map(([{ id }]) => id).toSorted() };
  return selected(...first);
}

function indexOf<T>(subjects: readonly (readonly [T, readonly Selector[]])[]): SelectorIndex<T> {
  const index = new SelectorIndex<T>();
  for (const [subject, selectors] of subjects) {
    for (const selector of selectors) index.add(selector, subject);
  }
  return index;
}

/** The declared environments that it belongs to, sorted. */
function environmentsOf(features: Features, declared: DeclaredServices): readonly string[] {
  return [...declared.environmentsBySelector.matching(features).keys()].toSorted();
}

function selected({ id, data }: Declared<ServiceData>, selector: Selector): DerivedService {
  return {
    kind: 'service',
    id,
    name: data.name,
    application: data.application,
    environment: data.environment,
    derivedFrom: 'selector',
    how: `declared: ${describeSelector(selector)}`,
  };
}

function derived(view: InstanceView, environments: readonly string[]): DerivedService {
  const undeclared = undeclaredService(view);
  const name = safeName(undeclared.name) || 'unnamed';
  const application = safeName(undeclared.application) || DEFAULT_APPLICATION;
  // Of several the first by name, so that the answer doesn't depend on the order of declarations.
  const environment = environments[0] ?? labelledEnvironment(view.data.labels) ?? DEFAULT_ENVIRONMENT;
  return {
    kind: 'service',
    id: serviceId(environment, application, name),
    name,
    application,
    environment,
    derivedFrom: undeclared.derivedFrom,
    how: undeclared.how,
  };
}

function labelledEnvironment(labels: InstanceData['labels']): string | null {
  for (const key of ['environment', 'env']) {
    const name = safeName(labels[key] ?? '');
    if (name !== '') return name;
  }
  return null;
}
