import type { ServiceData } from '#model';

import type { Reference } from './draft.ts';
import { quoted } from './problem.ts';
import type { Names } from './names.ts';

/** As much of a service as its names. */
export interface NamedService {
  readonly id: string;
  readonly data: Pick<ServiceData, 'name' | 'application' | 'environment'>;
}

/** All services by every way of writing them: `name`, `application/name` and the whole id. */
export type ServicesByName = ReadonlyMap<string, readonly NamedService[]>;

export function servicesByName(services: Iterable<NamedService>): ServicesByName {
  const byName = new Map<string, NamedService[]>();
  for (const service of services) {
    const { name, application } = service.data;
    for (const written of new Set([name, `${application}/${name}`, service.id])) {
      const named = byName.get(written);
      if (named === undefined) byName.set(written, [service]);
      else named.push(service);
    }
  }
  return byName;
}

/**
 * The service that a name means. Of several, the one in the caller's environment, and of those the one in its
 * application; null, and a problem, when none or several remain.
 */
export function resolveService(
  { name, place }: Reference,
  services: ServicesByName,
  caller: NamedService | null,
  names: Names,
): NamedService | null {
  const all = services.get(name) ?? [];
  if (all.length === 0) {
    names.unknown({ name, place }, services, 'service');
    return null;
  }
  const near = nearest(all, caller);
  const [only, ...others] = near;
  if (only !== undefined && others.length === 0) return only;
  const ids = near.map(({ id }) => quoted(id)).toSorted();
  names.refuse(place, `${quoted(name)} can be ${ids.join(' or ')}: write which one`);
  return null;
}

function nearest(services: readonly NamedService[], caller: NamedService | null): readonly NamedService[] {
  let left = services;
  for (const field of ['environment', 'application'] as const) {
    const same = left.filter(({ data }) => caller !== null && data[field] === caller.data[field]);
    if (left.length > 1 && same.length > 0) left = same;
  }
  return left;
}
