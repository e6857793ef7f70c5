import { type Instant, type Owner, type ServiceData, teamOf } from '#model';

import type { InstanceView } from './instance-view.ts';
import type { OwnerClaim, Ownerships } from './ownerships.ts';
import { safeName } from './safe-name.ts';
import type { Declared } from './service.ts';

/** A service with everything that can say whose it is. */
export interface OwnedService {
  readonly name: string;
  readonly application: string;
  /** Its declaration and since when that holds; null for a derived one. */
  readonly declared: (Declared<ServiceData> & { readonly from: Instant }) | null;
  readonly instances: readonly InstanceView[];
}

/**
 * Whose a service was at a moment. The first of declaration, catalog-info, labels and CODEOWNERS that names a
 * team wins; those that name another one stay visible as overruled. Null: nobody says.
 *
 * Ownership begins when it is declared, or at `since:`; what an instance's labels say holds as long as it runs.
 */
export function deriveOwner(service: OwnedService, ownerships: Ownerships, at: Instant): Owner | null {
  const claims = [
    ...declaredClaims(service, at),
    ...ownerships.inCatalog(service, at),
    ...labelClaims(service.instances),
    ...directoriesOf(service).flatMap((directory) => ownerships.ofDirectory(directory, at)),
  ];
  const [winner, ...losers] = claims;
  if (winner === undefined) return null;
  return { ...winner, overruled: distinct(losers.filter(({ team }) => team !== winner.team)) };
}

/** Labels by which people name an owner, the most deliberate first. */
const OWNER_LABELS = ['sheerline.owner', 'sheerline.team', 'backstage.io/owner', 'team', 'owner'];

const WORKING_DIRECTORY_LABELS = [
  'com.docker.compose.project.working_dir',
  'io.podman.compose.project.working_dir',
];

function declaredClaims({ declared }: OwnedService, at: Instant): readonly OwnerClaim[] {
  if (declared === null || declared.data.owner === null) return [];
  const { owner, since = declared.from, location = null } = declared.data;
  return since <= at ? [{ team: owner, basis: 'declared', location }] : [];
}

function labelClaims(instances: readonly InstanceView[]): readonly OwnerClaim[] {
  return OWNER_LABELS.flatMap((label) => {
    const teams = new Set<string>();
    // Most instances have none of these labels.
    for (const { data } of instances) {
      const reference = data.labels[label];
      if (reference !== undefined) teams.add(safeName(teamOf(reference)));
    }
    return [...teams]
      .filter((team) => team !== '')
      .toSorted()
      .map((team): OwnerClaim => ({ team, basis: 'label', location: `label ${label}` }));
  });
}

/** Where its source is, or where it was started: sorted, so that the answer is the same every time. */
function directoriesOf({ declared, instances }: OwnedService): readonly string[] {
  const source = declared?.data.source ?? null;
  if (source !== null) return [source];
  const directories = instances.flatMap(({ data }) => [
    ...WORKING_DIRECTORY_LABELS.map((label) => data.labels[label] ?? ''),
    data.workingDirectory ?? '',
  ]);
  return [...new Set(directories)].filter((directory) => directory !== '').toSorted();
}

function distinct(claims: readonly OwnerClaim[]): OwnerClaim[] {
  return [...new Map(claims.map((claim) => [JSON.stringify(claim), claim])).values()];
}
