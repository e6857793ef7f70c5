import { DEFAULT_APPLICATION, DEFAULT_ENVIRONMENT, type Selector, serviceId } from '#model';
import type { Containerfiles } from './containerfile/containerfiles.ts';
import { readImages } from './containerfile/read-images.ts';
import { isName, type SheerYaml, sheerYamlSchema } from '#model/manifest';

import type { DeclaredFile } from '../questions.ts';
import { resolved, type Where } from './declared-path.ts';
import { checkSchema } from './check-schema.ts';
import {
  type CallDraft,
  type Draft,
  EMPTY_DRAFT,
  type PatchPolicyDraft,
  type ServiceDraft,
} from './draft.ts';
import { type Problem, quoted } from './problem.ts';
import { parseYaml, placeOf, type YamlTree } from './yaml-tree.ts';

type Service = SheerYaml['services'][string];

type Patch = NonNullable<SheerYaml['patch']>;

/** Reads a sheer.yaml as far as it goes by itself; names are looked up later, across all files. */
export function readSheerYaml(file: DeclaredFile, containerfiles: Containerfiles): Draft {
  const yaml = parseYaml(file);
  const problems = [...yaml.problems];
  const [tree, second] = yaml.trees;
  if (second)
    problems.push({
      place: placeOf(yaml, second, [], 'value'),
      message: 'expected one document in this file',
    });
  if (problems.length > 0 || !tree) return { ...EMPTY_DRAFT, problems };
  const manifest = checkSchema(sheerYamlSchema, yaml, tree, problems);
  if (manifest === null) return { ...EMPTY_DRAFT, problems };
  const root: YamlTree = tree;
  const where: Where = (at, what = 'value') => placeOf(yaml, root, at, what);
  const draft = draftOf(manifest, file, where);
  const images = readImages(manifest, { file, where, containerfiles });
  return {
    ...draft,
    buildSources: images.buildSources,
    patchPolicies: manifest.patch === undefined ? [] : [policyOf(manifest.patch, where)],
    problems: [...draft.problems, ...images.problems],
  };
}

function draftOf(manifest: SheerYaml, file: DeclaredFile, where: Where): Draft {
  const problems: Problem[] = [];
  const services = Object.entries(manifest.services).map(([key, service]) => {
    const drafts = servicesOf(key, service, { file, where, problems });
    return { drafts, calls: callsOfService(key, service, drafts, where) };
  });
  return {
    ...EMPTY_DRAFT,
    teams: Object.entries(manifest.teams).map(([name, team]) => ({
      data: { name, contact: team.contact ?? null },
      place: where(['teams', name], 'key'),
      from: 'sheer.yaml',
    })),
    environments: Object.entries(manifest.environments).map(([name, { match }]) => ({
      data: { name, match: match.map(selectorOf) },
      place: where(['environments', name], 'key'),
    })),
    services: services.flatMap(({ drafts }) => drafts),
    externals: Object.entries(manifest.externals).map(([name, external]) =>
      externalOf(name, external, where),
    ),
    calls: [
      ...services.flatMap(({ calls }) => calls),
      ...manifest.calls.map((call, index) => callOf(call, index, where)),
    ],
    labels: manifest.labels.map((name, index) => ({ data: { name }, place: where(['labels', index]) })),
    problems,
  };
}

function policyOf({ deadlines, environments }: Patch, where: Where): PatchPolicyDraft {
  return {
    data: {
      deadlinesMs: given(deadlines),
      environments: Object.fromEntries(Object.entries(environments).map(([name, own]) => [name, given(own)])),
    },
    place: where(['patch'], 'key'),
    environments: Object.keys(environments).map((name) => ({
      name,
      place: where(['patch', 'environments', name], 'key'),
    })),
  };
}

interface ServiceContext {
  readonly file: DeclaredFile;
  readonly where: Where;
  readonly problems: Problem[];
}

/** One for each environment that the declaration names. */
function servicesOf(key: string, service: Service, context: ServiceContext): readonly ServiceDraft[] {
  const { file, where, problems } = context;
  const at = ['services', key];
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 3 || !parts.every(isName)) {
    const message = `${quoted(key)} is no service's name: expected name, application/name or environment/application/name, without control characters`;
    problems.push({ place: where(at, 'key'), message });
    return [];
  }
  const inKey = { application: parts.at(-2), environment: parts.at(-3) };
  for (const field of ['application', 'environment'] as const) {
    if (inKey[field] === undefined || service[field] === undefined) continue;
    problems.push({
      place: where([...at, field]),
      message: `the ${field} stands in the key already: ${quoted(inKey[field])}`,
    });
  }
  const application = inKey.application ?? service.application ?? DEFAULT_APPLICATION;
  const environments = inKey.environment === undefined ? service.environment : [inKey.environment];
  const place = where(at, 'key');
  return (environments ?? [DEFAULT_ENVIRONMENT]).map((environment, index) => ({
    id: serviceId(environment, application, name),
    place,
    owner: service.owner === undefined ? null : { name: service.owner, place: where([...at, 'owner']) },
    environment: {
      name: environment,
      place: inKey.environment === undefined ? where([...at, 'environment', index]) : place,
    },
    data: {
      name,
      application,
      environment,
      owner: service.owner ?? null,
      match: service.match.map(selectorOf),
      source: service.source === undefined ? null : resolved(file, service.source),
      ...(service.since === undefined ? {} : { since: service.since }),
      ...(service.owner === undefined
        ? {}
        : { location: `${file.name} ${where([...at, 'owner']).path ?? ''}` }),
    },
  }));
}

function callsOfService(
  key: string,
  service: Service,
  callers: readonly ServiceDraft[],
  where: Where,
): readonly CallDraft[] {
  return callers.flatMap(({ id }) =>
    service.calls.map((call, index) => ({
      from: { kind: 'id', id },
      ...targetOf(call, ['services', key, 'calls', index], where),
    })),
  );
}

function callOf(call: SheerYaml['calls'][number], index: number, where: Where): CallDraft {
  const at = ['calls', index];
  return {
    from: { kind: 'service', name: call.from, place: where([...at, 'from']) },
    ...targetOf(call, at, where),
  };
}

function targetOf(
  call: Service['calls'][number],
  at: readonly PropertyKey[],
  where: Where,
): Omit<CallDraft, 'from'> {
  const kind = call.service === undefined ? 'external' : 'service';
  const place = where([...at, kind]);
  return {
    to: { kind, name: call[kind] ?? '', place },
    port: call.port ?? null,
    protocol: call.protocol,
    place,
  };
}

function externalOf(
  name: string,
  external: SheerYaml['externals'][string],
  where: Where,
): Draft['externals'][number] {
  const at = ['externals', name];
  return {
    data: {
      name,
      owner: external.owner ?? null,
      addresses: external.addresses,
      ports: external.ports,
      scope: external.scope ?? null,
    },
    place: where(at, 'key'),
    owner: external.owner === undefined ? null : { name: external.owner, place: where([...at, 'owner']) },
    addressPlaces: external.addresses.map((_, index) => where([...at, 'addresses', index])),
  };
}

function selectorOf(selector: Service['match'][number]): Selector {
  return given(selector);
}

/** Without the keys that are not there. */
function given<T extends object>(value: T): Given<T> {
  return JSON.parse(JSON.stringify(value)) as Given<T>;
}

type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };
