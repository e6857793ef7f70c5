import type { Instant } from './instant.ts';

/** What is used of an OSV record (schema 1.7); the raw record is kept beside it. */
export interface Advisory {
  /** `CVE-2026-31337`, `GHSA-…`, `DSA-5532-1`, `DEBIAN-CVE-…`. */
  readonly id: string;
  readonly modified: Instant;
  readonly published: Instant | null;
  /** From then on it matches nothing. */
  readonly withdrawn: Instant | null;
  /** Other ids of the same vulnerability; `upstream` ids belong here too. */
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly severity: Severity;
  /** Base score, 0 to 10, of the record's newest CVSS vector; null: it has none. */
  readonly score: number | null;
  readonly affected: readonly AffectedPackage[];
}

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'unknown';

export interface AffectedPackage {
  /** As OSV spells it: `Debian:12`, `Ubuntu:22.04:LTS`, `npm`. */
  readonly ecosystem: string;
  readonly name: string;
  /** A version is affected if one of the ranges holds it, or if it is enumerated. */
  readonly ranges: readonly AffectedRange[];
  readonly versions: readonly string[];
}

/** GIT ranges are left out: nothing here knows commits. */
export interface AffectedRange {
  readonly type: 'SEMVER' | 'ECOSYSTEM';
  readonly events: readonly RangeEvent[];
}

export type RangeEvent =
  /** `0` is before every version. */
  | { readonly kind: 'introduced'; readonly version: string }
  /** The first version that is not affected any more. */
  | { readonly kind: 'fixed'; readonly version: string }
  /** The last version that is still affected. */
  | { readonly kind: 'last-affected'; readonly version: string }
  /** Versions from here on are not spoken of. */
  | { readonly kind: 'limit'; readonly version: string };

/** A run of versions in their ecosystem's order; null: from before every version, or to after every one. */
export interface VersionInterval {
  readonly from: string | null;
  readonly fromInclusive: boolean;
  readonly to: string | null;
  readonly toInclusive: boolean;
}
