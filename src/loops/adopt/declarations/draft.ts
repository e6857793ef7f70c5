import type {
  BuildSourceData,
  EnvironmentData,
  ExternalData,
  LabelData,
  OwnershipData,
  PatchPolicyData,
  Protocol,
  ServiceData,
  TeamData,
} from '#model';

import type { Place, Problem } from './problem.ts';

/** A name that must be somebody's, in some of the files. */
export interface Reference {
  readonly name: string;
  readonly place: Place;
}

export interface TeamDraft {
  readonly data: TeamData;
  readonly place: Place;
  /** What sheer.yaml says counts more than a catalog's group of the same name. */
  readonly from: 'sheer.yaml' | 'catalog-info';
}

export interface EnvironmentDraft {
  readonly data: EnvironmentData;
  readonly place: Place;
}

export interface ServiceDraft {
  readonly id: string;
  readonly data: ServiceData;
  readonly place: Place;
  readonly owner: Reference | null;
  readonly environment: Reference;
}

export interface ExternalDraft {
  readonly data: ExternalData;
  readonly place: Place;
  readonly owner: Reference | null;
  /** Where each address stands, in their order. */
  readonly addressPlaces: readonly Place[];
}

export interface CallDraft {
  /** An id where the caller is known already, because the call stands in its declaration. */
  readonly from: { readonly kind: 'id'; readonly id: string } | ({ readonly kind: 'service' } & Reference);
  readonly to: { readonly kind: 'service' | 'external' } & Reference;
  readonly port: number | null;
  readonly protocol: Protocol;
  readonly place: Place;
}

export interface OwnershipDraft {
  readonly id: string;
  readonly data: OwnershipData;
  readonly place: Place;
}

export interface BuildSourceDraft {
  readonly data: BuildSourceData;
  readonly place: Place;
  readonly owner: Reference | null;
}

export interface PatchPolicyDraft {
  readonly data: PatchPolicyData;
  readonly place: Place;
  readonly environments: readonly Reference[];
}

/** What one file says, before names are looked up across all of them. */
export interface Draft {
  readonly teams: readonly TeamDraft[];
  readonly environments: readonly EnvironmentDraft[];
  readonly services: readonly ServiceDraft[];
  readonly externals: readonly ExternalDraft[];
  readonly calls: readonly CallDraft[];
  readonly ownerships: readonly OwnershipDraft[];
  readonly labels: readonly { readonly data: LabelData; readonly place: Place }[];
  readonly buildSources: readonly BuildSourceDraft[];
  readonly patchPolicies: readonly PatchPolicyDraft[];
  readonly problems: readonly Problem[];
  /** What is not refused and not used either, each with its place. */
  readonly warnings: readonly string[];
}

export const EMPTY_DRAFT: Draft = {
  teams: [],
  environments: [],
  services: [],
  externals: [],
  calls: [],
  ownerships: [],
  labels: [],
  buildSources: [],
  patchPolicies: [],
  problems: [],
  warnings: [],
};
