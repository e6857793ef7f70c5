import {
  formatInstant,
  type ExternalAnswer,
  type ImageAnswer,
  type NodeAnswer,
  type TeamAnswer,
} from '#model';
import { INTERNET } from '../attribution/attributed-flow.ts';
import type { ListFilter } from '../questions.ts';
import { callAnswers } from './calls.ts';
import { servicesAt, type ServiceGroup } from './services.ts';
import { momentOf, type View } from './view.ts';

export function nodeAnswers(view: View, filter: ListFilter): readonly NodeAnswer[] {
  const at = momentOf(filter.at);
  const instances = new Map<string, number>();
  for (const { data } of view.graph.all('instance', at))
    instances.set(data.node, (instances.get(data.node) ?? 0) + 1);
  return [...view.graph.all('node', at)].map(({ id, subject, data, since }) => ({
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

/** Images that something runs come first, the others after them. */
export function imageAnswers(view: View, filter: ListFilter): readonly ImageAnswer[] {
  const at = momentOf(filter.at);
  const running = imagesInUse(servicesAt(view, at));
  return [...view.graph.all('image', at)]
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

function imagesInUse(groups: readonly ServiceGroup[]): ReadonlyMap<string, ImageUse> {
  const uses = new Map<string, ImageUse>();
  for (const { id: service, instances } of groups) {
    for (const { id } of instances.flatMap((instance) => instance.view.data.images)) {
      if (id === null) continue;
      const use = uses.get(id) ?? { count: 0, services: new Set<string>() };
      uses.set(id, use);
      use.count++;
      use.services.add(service);
    }
  }
  return uses;
}

/** Declared teams, and those that labels or files name as owners. */
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
  for (const group of servicesAt(view, at))
    if (group.owner !== null) team(group.owner.team).services.push(group.id);
  for (const { id, data } of view.graph.all('external', at))
    if (data.owner !== null) team(data.owner).externals.push(id);
  return [...teams]
    .map(([id, rest]) => ({ id, ...rest }))
    .toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** Declared externals, and `internet` where something called it or was called from it. */
export function externalAnswers(view: View, filter: ListFilter): readonly ExternalAnswer[] {
  const at = momentOf(filter.at);
  const calls = callAnswers(view, { ...filter, since: null });
  const callersOf = (name: string): string[] =>
    [...new Set(calls.filter((call) => call.to === name).map((call) => call.from))].toSorted();
  const declared = [...view.graph.all('external', at)].map(({ id, data }): ExternalAnswer => ({
    id,
    name: data.name,
    team: data.owner,
    addresses: [...data.addresses],
    declared: true,
    callers: callersOf(id),
  }));
  const isUsed = calls.some((call) => call.to === INTERNET || call.from === INTERNET);
  if (!isUsed || declared.some((one) => one.id === INTERNET)) return declared;
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
