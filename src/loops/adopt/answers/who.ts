import { isDigest, isImageName, isShortId, type CallAnswer, type WhoAnswer } from '#model';
import { LATEST, type NamedInstance } from '#graph';
import { callAnswers } from './calls.ts';
import { instanceAnswer } from './instances.ts';
import { allNames, notFound } from './misnamed.ts';
import { instancesAt, serviceAnswer, servicesAt, type ServiceGroup } from './services.ts';
import type { View } from './view.ts';

/** What runs it, whose it is, who depends on it: for an image, a digest, a service, a team, an external or an instance. */
export function whoAnswer(view: View, subject: string): WhoAnswer {
  const groups = servicesAt(view, LATEST);
  const { kind, services, instances } = find(view, subject, groups);
  const calls = callAnswers(view, { at: null, team: null, environment: null, since: null });
  const names = services.length > 0 ? services.map(({ id }) => id) : [subject];
  const callers = dependants(calls, names);
  return {
    subject,
    kind,
    services: services.map(serviceAnswer),
    instances: instances.map((instance) => instanceAnswer(view, instance, LATEST)),
    teams: teamsOf(view, { subject, kind, services }),
    callers: callers.map(({ id, distance }) => ({ service: id, team: teamOf(groups, id), distance })),
    calls: calls.filter(
      (call) => names.includes(call.fromId ?? call.from) || names.includes(call.toId ?? call.to),
    ),
  };
}

/** Of what has no services of its own: who owns the external. */
function teamsOf(
  view: View,
  { subject, kind, services }: Pick<Found, 'kind' | 'services'> & { readonly subject: string },
): string[] {
  const owner = kind === 'external' ? (view.graph.one('external', subject)?.data.owner ?? null) : null;
  const owners = services.flatMap((group) => (group.owner === null ? [] : [group.owner.team]));
  return [...new Set(owner === null ? owners : [owner, ...owners])].toSorted();
}

type Found = Pick<WhoAnswer, 'kind'> & {
  readonly services: readonly ServiceGroup[];
  readonly instances: ServiceGroup['instances'];
};

function find(view: View, subject: string, groups: readonly ServiceGroup[]): Found {
  const found =
    findService(subject, groups) ??
    findTeam(view, subject, groups) ??
    findExternal(view, subject) ??
    findImage(view, subject, groups) ??
    findInstance(view, subject, groups);
  if (found !== null) return found;
  throw notFound(`nothing is called "${subject}": no service, team, external, image or instance`, {
    name: subject,
    known: allNames(view),
    next: 'sheer services',
  });
}

function findService(subject: string, groups: readonly ServiceGroup[]): Found | null {
  const services = groups.filter((group) => group.id === subject || group.name === subject);
  return services.length === 0
    ? null
    : { kind: 'service', services, instances: services.flatMap((one) => one.instances) };
}

function findTeam(view: View, subject: string, groups: readonly ServiceGroup[]): Found | null {
  const services = groups.filter((group) => group.owner?.team === subject);
  if (services.length === 0 && view.graph.one('team', subject) === null) return null;
  return { kind: 'team', services, instances: services.flatMap((one) => one.instances) };
}

function findExternal(view: View, subject: string): Found | null {
  return view.graph.one('external', subject) === null
    ? null
    : { kind: 'external', services: [], instances: [] };
}

/** By config digest, any other digest, their beginning, or a name with or without its tag. */
function findImage(view: View, subject: string, groups: readonly ServiceGroup[]): Found | null {
  const digest = subject.includes('@') ? subject.slice(subject.indexOf('@') + 1) : subject;
  const ids = new Set<string>();
  for (const { id, data } of view.graph.all('image')) {
    const digests = [id, ...data.digests.map((one) => one.slice(one.indexOf('@') + 1))];
    if (digests.some((one) => isDigest(one, digest)) || data.names.some((name) => isImageName(name, subject)))
      ids.add(id);
  }
  const isUsed = (image: { readonly id: string | null; readonly name: string }): boolean =>
    (image.id !== null && ids.has(image.id)) || isImageName(image.name, subject);
  const instances = [...instancesAt(view, LATEST)].filter(({ view: { data } }) => data.images.some(isUsed));
  if (ids.size === 0 && instances.length === 0) return null;
  return { kind: 'image', services: servicesOfInstances(groups, instances), instances };
}

/** By id, its beginning, or name. */
function findInstance(view: View, subject: string, groups: readonly ServiceGroup[]): Found | null {
  const instances = [...instancesAt(view, LATEST)].filter(
    ({ statement: { id, data } }) => id === subject || data.name === subject || isShortId(id, subject),
  );
  if (instances.length === 0) return null;
  return { kind: 'instance', services: servicesOfInstances(groups, instances), instances };
}

/** An instance that two services claim belongs to neither, and yet it runs. */
function servicesOfInstances(
  groups: readonly ServiceGroup[],
  instances: readonly NamedInstance[],
): readonly ServiceGroup[] {
  const ids = new Set(instances.map(({ service }) => service?.id));
  return groups.filter(({ id }) => ids.has(id));
}

/** Everything that calls the services, directly or through others, with how many calls lie between. */
function dependants(
  calls: readonly CallAnswer[],
  services: readonly string[],
): readonly { readonly id: string; readonly distance: number }[] {
  const callersOf = new Map<string, Set<string>>();
  for (const call of calls) {
    const to = call.toId ?? call.to;
    const callers = callersOf.get(to) ?? new Set<string>();
    callersOf.set(to, callers.add(call.fromId ?? call.from));
  }
  const distances = new Map(services.map((id) => [id, 0]));
  for (const [id, distance] of distances) {
    // The map grows while it is walked: breadth first.
    for (const caller of callersOf.get(id) ?? [])
      if (!distances.has(caller)) distances.set(caller, distance + 1);
  }
  return [...distances].filter(([, distance]) => distance > 0).map(([id, distance]) => ({ id, distance }));
}

function teamOf(groups: readonly ServiceGroup[], id: string): string | null {
  return groups.find((group) => group.id === id)?.owner?.team ?? null;
}
