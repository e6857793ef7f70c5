import type { Evidence, Instant, Owner, ServiceAnswer } from '#model';
import type { NamedInstance } from '#graph';
import type { ListFilter } from '../questions.ts';
import { momentOf, ownershipMoment, type View } from './view.ts';

/** A service with its instances, at a moment. */
export interface ServiceGroup {
  readonly id: string;
  readonly name: string;
  readonly application: string;
  readonly environment: string;
  readonly derivedFrom: string;
  readonly declared: boolean;
  readonly owner: Owner | null;
  readonly instances: readonly NamedInstance[];
}

/** All services that ran or were declared at `at`, by id. */
export function servicesAt(view: View, at: Instant): readonly ServiceGroup[] {
  const groups = new Map<
    string,
    Omit<ServiceGroup, 'owner' | 'instances'> & { readonly instances: NamedInstance[] }
  >();
  for (const { id, data } of view.names.declaredServices()) {
    const { name, application, environment } = data;
    groups.set(id, {
      id,
      name,
      application,
      environment,
      derivedFrom: 'selector',
      declared: true,
      instances: [],
    });
  }
  for (const instance of instancesAt(view, at)) {
    if (instance.service === null) continue;
    const { id, name, application, environment, derivedFrom } = instance.service;
    const group = groups.get(id);
    if (group !== undefined) {
      group.instances.push(instance);
      // Somebody's service that is called like Sheerline is not Sheerline.
      if (group.derivedFrom === 'itself') groups.set(id, { ...group, derivedFrom });
    } else
      groups.set(id, {
        id,
        name,
        application,
        environment,
        derivedFrom,
        declared: false,
        instances: [instance],
      });
  }
  return [...groups.values()]
    .map((group) => ({
      ...group,
      owner: view.names.ownerOf(
        group,
        group.instances.map((instance) => instance.view),
        ownershipMoment(view, at),
      ),
    }))
    .toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** Whether somebody should own it: Sheerline itself asks nobody for that, but can be declared like any other. */
export const lacksOwner = ({ owner, derivedFrom }: Pick<ServiceGroup, 'owner' | 'derivedFrom'>): boolean =>
  owner === null && derivedFrom !== 'itself';

export function* instancesAt(view: View, at: Instant): Generator<NamedInstance> {
  for (const statement of view.graph.all('instance', at)) yield view.names.named(statement, at);
}

/** {@link servicesAt} of a team, of an environment, or of both. */
export function servicesOf(view: View, filter: ListFilter): readonly ServiceGroup[] {
  return servicesAt(view, momentOf(filter.at))
    .filter((group) => filter.team === null || group.owner?.team === filter.team)
    .filter((group) => filter.environment === null || group.environment === filter.environment);
}

/** Every instance; with a team or an environment those of its services. */
export function instancesOf(view: View, filter: ListFilter): readonly NamedInstance[] {
  if (filter.team === null && filter.environment === null) return [...instancesAt(view, momentOf(filter.at))];
  return servicesOf(view, filter).flatMap((group) => group.instances);
}

export function serviceAnswers(view: View, filter: ListFilter): readonly ServiceAnswer[] {
  return servicesOf(view, filter).map(serviceAnswer);
}

export function serviceAnswer(group: ServiceGroup): ServiceAnswer {
  const evidence: Evidence[] = [];
  if (group.declared) evidence.push('declared');
  if (group.instances.length > 0) evidence.push('observed');
  return {
    id: group.id,
    name: group.name,
    application: group.application,
    environment: group.environment,
    team: group.owner?.team ?? null,
    owner: group.owner,
    evidence,
    derivedFrom: group.derivedFrom,
    instances: group.instances.length,
    images: distinct(group.instances.flatMap(({ view }) => view.data.images.map((image) => image.name))),
    ports: [...new Set(group.instances.flatMap(({ view }) => view.ports))].toSorted(
      (left, right) => left - right,
    ),
  };
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)].toSorted();
