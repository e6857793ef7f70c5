import {
  type CallData,
  callId,
  DEFAULT_ENVIRONMENT,
  type ExternalData,
  formatAddressBlock,
  parseAddressBlock,
  PATCH_POLICY_ID,
  type SubjectData,
} from '#model';

import {
  DECLARED_KINDS,
  type DeclaredKind,
  type DeclaredSet,
  type DeclaredSubject,
  type DeclaredSubjectOf,
} from './declared-set.ts';
import type { CallDraft, Draft, ExternalDraft, Reference, ServiceDraft, TeamDraft } from './draft.ts';
import { Names } from './names.ts';
import { lineOf, type Place, type Problem, quoted } from './problem.ts';
import {
  type NamedService,
  resolveService,
  type ServicesByName,
  servicesByName,
} from './service-reference.ts';

/** Something that is declared already, by other files. */
export type DeclaredElsewhere = Pick<DeclaredSubject, 'kind' | 'id'>;

/** Looks up every name across all files. What is wrong goes to `problems`; then the answer is of no use. */
export function resolve(
  drafts: readonly Draft[],
  elsewhere: readonly DeclaredElsewhere[],
  problems: Problem[],
): DeclaredSet {
  const draft = merged(drafts);
  const names = new Names(problems);
  const teams = teamsOf(draft.teams, names);
  const environments = names.unique(draft.environments, ({ data }) => data.name, 'environment');
  const services = names.unique(draft.services, ({ id }) => id, 'service');
  const externals = externalsOf(draft.externals, names);
  const ownerships = names.unique(draft.ownerships, ({ id }) => id, 'the owner of');
  const labels = names.unique(draft.labels, ({ data }) => data.name, 'label');
  const buildSources = names.unique(draft.buildSources, ({ data }) => data.name, 'image');
  const policies = names.unique(draft.patchPolicies, () => PATCH_POLICY_ID, 'the patch');
  const others = idsByKind(elsewhere);
  checkOwners(
    [...draft.services, ...draft.externals, ...draft.buildSources],
    new Set([...teams.keys(), ...others.team]),
    names,
  );
  const named = [
    ...draft.services.map(({ environment }) => environment),
    ...draft.patchPolicies.flatMap((policy) => policy.environments),
  ];
  checkEnvironments(named, [...environments.keys(), ...others.environment], names);
  const calls = callsOf(draft.calls, {
    services,
    byName: servicesByName([...services.values(), ...others.service.map(namedById)]),
    externals: new Set([...externals.keys(), ...others.external]),
    names,
  });
  const subjects: readonly DeclaredSubject[] = [
    ...subjectsOf('team', teams),
    ...subjectsOf('environment', environments),
    ...subjectsOf('service', services),
    ...subjectsOf('external', externals),
    ...subjectsOf('call', calls),
    ...subjectsOf('ownership', ownerships),
    ...subjectsOf('label', labels),
    ...subjectsOf('build-source', buildSources),
    ...subjectsOf('patch-policy', policies),
  ];
  return { subjects: subjects.toSorted(byKindAndId), warnings: draft.warnings };
}

function subjectsOf<K extends DeclaredKind>(
  kind: K,
  drafts: ReadonlyMap<string, { readonly data: SubjectData[K]; readonly place: Place }>,
): readonly DeclaredSubjectOf<K>[] {
  return [...drafts].map(([id, { data, place }]) => ({ kind, id, data, location: lineOf(place) }));
}

function byKindAndId(a: DeclaredSubject, b: DeclaredSubject): number {
  return DECLARED_KINDS.indexOf(a.kind) - DECLARED_KINDS.indexOf(b.kind) || (a.id < b.id ? -1 : 1);
}

function merged(drafts: readonly Draft[]): Omit<Draft, 'problems'> {
  return {
    teams: drafts.flatMap(({ teams }) => teams),
    environments: drafts.flatMap(({ environments }) => environments),
    services: drafts.flatMap(({ services }) => services),
    externals: drafts.flatMap(({ externals }) => externals),
    calls: drafts.flatMap(({ calls }) => calls),
    ownerships: drafts.flatMap(({ ownerships }) => ownerships),
    labels: drafts.flatMap(({ labels }) => labels),
    buildSources: drafts.flatMap(({ buildSources }) => buildSources),
    patchPolicies: drafts.flatMap(({ patchPolicies }) => patchPolicies),
    warnings: drafts.flatMap(({ warnings }) => warnings),
  };
}

/** A team that sheer.yaml and a catalog both name is one team, as sheer.yaml says. */
function teamsOf(drafts: readonly TeamDraft[], names: Names): ReadonlyMap<string, TeamDraft> {
  const from = (place: TeamDraft['from']): ReadonlyMap<string, TeamDraft> =>
    names.unique(
      drafts.filter((draft) => draft.from === place),
      ({ data }) => data.name,
      'team',
    );
  return new Map([...from('catalog-info'), ...from('sheer.yaml')]);
}

function checkOwners(
  drafts: readonly { readonly owner: Reference | null }[],
  teams: ReadonlySet<string>,
  names: Names,
): void {
  // A service in several environments has its owner once.
  const owners = new Map(
    drafts.flatMap(({ owner }) => (owner === null ? [] : [[keyOf(owner.place), owner]])),
  );
  for (const owner of owners.values()) names.known(owner, teams, 'team');
}

/** Where somebody lists environments, others must be among them; where nobody does, any name will do. */
function checkEnvironments(
  references: readonly Reference[],
  declared: readonly string[],
  names: Names,
): void {
  if (declared.length === 0) return;
  const environments = new Set([...declared, DEFAULT_ENVIRONMENT]);
  for (const reference of references) names.known(reference, environments, 'environment');
}

function externalsOf(drafts: readonly ExternalDraft[], names: Names): ReadonlyMap<string, ExternalDraft> {
  const byBlock = new Map<string, Occupied[]>();
  for (const { data, addressPlaces, place: own } of drafts) {
    if (data.name === 'internet') {
      names.refuse(own, 'the name is taken: all undeclared public addresses are "internet"');
    }
    for (const [index, address] of data.addresses.entries()) {
      const parsed = parseAddressBlock(address);
      const block = parsed === null ? address : formatAddressBlock(parsed);
      occupy(byBlock, block, { data, place: addressPlaces[index] ?? own }, names);
    }
  }
  return names.unique(drafts, ({ data }) => data.name, 'external');
}

interface Occupied {
  readonly data: ExternalData;
  readonly place: Place;
}

function occupy(byBlock: Map<string, Occupied[]>, block: string, by: Occupied, names: Names): void {
  const others = byBlock.get(block) ?? [];
  const other = others.find(({ data }) => meet(data, by.data));
  others.push(by);
  byBlock.set(block, others);
  if (other !== undefined)
    names.refuse(by.place, `${block} is ${quoted(other.data.name)} already, at ${lineOf(other.place)}`);
}

/** Whether neither the ports nor the scope tell the two apart. */
function meet(a: ExternalData, b: ExternalData): boolean {
  const bothAny = a.ports.length === 0 && b.ports.length === 0;
  return a.scope === b.scope && (bothAny || a.ports.some((port) => b.ports.includes(port)));
}

interface Callable {
  readonly services: ReadonlyMap<string, ServiceDraft>;
  readonly byName: ServicesByName;
  readonly externals: ReadonlySet<string>;
  readonly names: Names;
}

function callsOf(
  drafts: readonly CallDraft[],
  { services, byName, externals, names }: Callable,
): ReadonlyMap<string, { readonly data: CallData; readonly place: Place }> {
  const calls = drafts.flatMap(({ from, to, port, protocol, place }) => {
    const caller = from.kind === 'id' ? services.get(from.id) : resolveService(from, byName, null, names);
    if (to.kind === 'external') names.known(to, externals, 'external');
    const target = to.kind === 'external' ? to.name : resolveService(to, byName, caller ?? null, names)?.id;
    return caller && target !== undefined
      ? [{ data: { from: caller.id, to: target, port, protocol }, place }]
      : [];
  });
  return names.unique(calls, ({ data }) => callId(data), 'call');
}

function idsByKind(subjects: readonly DeclaredElsewhere[]) {
  const ids = (kind: DeclaredSubject['kind']): readonly string[] =>
    subjects.filter((subject) => subject.kind === kind).map(({ id }) => id);
  return {
    team: ids('team'),
    environment: ids('environment'),
    service: ids('service'),
    external: ids('external'),
  };
}

/** An id holds all that its service can be called. */
function namedById(id: string): NamedService {
  const [environment = '', application = '', name = ''] = id.split('/');
  return { id, data: { environment, application, name } };
}

function keyOf(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}
