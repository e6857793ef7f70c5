import {
  formatInstant,
  type ExternalAnswer,
  type ImageAnswer,
  type NodeAnswer,
  type TeamAnswer,
} from '#model';
import type { NamedInstance } from '#graph';
import { INTERNET } from '../attribution/attributed-flow.ts';
import type { ListFilter } from '../questions.ts';
import { callAnswers } from './calls.ts';
import { instancesOf, servicesOf } from './services.ts';
import { momentOf, type View } from './view.ts';

/** With a team or an environment those on which something of it runs. */
export function nodeAnswers(view: View, filter: ListFilter): readonly NodeAnswer[] {
  const at = momentOf(filter.at);
  const instances = new Map<string, number>();
  for (const { statement } of instancesOf(view, filter))
    instances.set(statement.data.node, (instances.get(statement.data.node) ?? 0) + 1);
  const nodes = [...view.graph.all('node', at)].filter(({ id }) => !isNarrowed(filter) || instances.has(id));
  return nodes.map(({ id, subject, data, since }) => ({
    id,
    os: data.os,
    kernel: data.kernel,
    architecture: data.architecture,
    cpus: data.cpus,
    memoryBytes: data.memoryBytes,
    addresses: [
      ...new Set(view.graph.addresses.addressesOf(subject, at).map((address) => address.data.ip)),
    ].toSorted(),
    instances: instances.get(id) ?? 0,
    since: formatInstant(since),
  }));
}

/** A node and an image belong to nobody: they are shown for what runs there and from it. */
const isNarrowed = ({ team, environment }: ListFilter): boolean => team !== null || environment !== null;

/** Images that something runs come first, the others after them; with a team or an environment only its own. */
export function imageAnswers(view: View, filter: ListFilter): readonly ImageAnswer[] {
  const running = imagesInUse(instancesOf(view, filter));
  return [...view.graph.all('image', momentOf(filter.at))]
    .filter(({ id }) => !isNarrowed(filter) || running.has(id))
    .map(({ id, data }) => ({
      id,
      names: [...data.names],
      digests: [...data.digests],
      layers: data.diffIds.length,
      sizeBytes: data.sizeBytes,
      created: formatInstant(data.created),
      platform: data.platform,
      instances: running.get(id)?.count ?? 0,
      services: [...(running.get(id)?.services ?? [])].toSorted(),
    }))
    .toSorted(
      (left, right) =>
        right.instances - left.instances ||
        ((left.names[0] ?? left.id) < (right.names[0] ?? right.id) ? -1 : 1),
    );
}

interface ImageUse {
  count: number;
  readonly services: Set<string>;
}

/** By image; an instance that two services claim runs it, too, in the name of neither. */
function imagesInUse(instances: readonly NamedInstance[]): ReadonlyMap<string, ImageUse> {
  const uses = new Map<string, ImageUse>();
  for (const { service, view } of instances) {
    for (const { id } of view.data.images) {
      if (id === null) continue;
      const use = uses.get(id) ?? { count: 0, services: new Set<string>() };
      uses.set(id, use);
      use.count++;
      if (service !== null) use.services.add(service.id);
    }
  }
  return uses;
}

/** Declared teams, and those that labels or files name as owners; in an environment those that own something there. */
export function teamAnswers(view: View, filter: ListFilter): readonly TeamAnswer[] {
  const at = momentOf(filter.at);
  const teams = new Map<
    string,
    { name: string; contact: string | null; declared: boolean; services: string[]; externals: string[] }
  >();
  const team = (id: string) => {
    const known = teams.get(id) ?? { name: id, contact: null, declared: false, services: [], externals: [] };
    teams.set(id, known);
    return known;
  };
  for (const { id, data } of view.graph.all('team', at))
    Object.assign(team(id), { name: data.name, contact: data.contact, declared: true });
  for (const group of servicesOf(view, filter))
    if (group.owner !== null) team(group.owner.team).services.push(group.id);
  for (const { id, data } of view.graph.all('external', at))
    if (data.owner !== null) team(data.owner).externals.push(id);
  return [...teams]
    .map(([id, rest]) => ({ id, ...rest }))
    .filter(({ id }) => filter.team === null || id === filter.team)
    .filter(({ services }) => filter.environment === null || services.length > 0)
    .toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/**
 * Declared externals, and `internet` where something called it or was called from it. Of a team what it owns;
 * of an environment what is called from there.
 */
export function externalAnswers(view: View, filter: ListFilter): readonly ExternalAnswer[] {
  const at = momentOf(filter.at);
  const calls = callAnswers(view, { ...filter, since: null });
  const callersOf = (name: string): string[] =>
    [...new Set(calls.filter((call) => call.to === name).map((call) => call.from))].toSorted();
  const declared = [...view.graph.all('external', at)]
    .map(({ id, data }): ExternalAnswer => ({
      id,
      name: data.name,
      team: data.owner,
      addresses: [...data.addresses],
      declared: true,
      callers: callersOf(id),
    }))
    .filter(({ team }) => filter.team === null || team === filter.team)
    .filter(({ callers }) => filter.environment === null || callers.length > 0);
  const isUsed = calls.some((call) => call.to === INTERNET || call.from === INTERNET);
  // Nobody owns the internet.
  if (!isUsed || filter.team !== null || declared.some((one) => one.id === INTERNET)) return declared;
  const internet = {
    id: INTERNET,
    name: INTERNET,
    team: null,
    addresses: [],
    declared: false,
    callers: callersOf(INTERNET),
  };
  return [...declared, internet];
}
