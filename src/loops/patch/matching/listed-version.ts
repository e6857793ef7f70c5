import type { AffectedPackage } from '#model';
import { compareVersions, type Scheme } from '#versions';
import { canonicalVersion } from './canonical-name.ts';

/**
 * The enumerated version that is the package's own: the same text, or another spelling of the same version
 * (`1.0` and `1.0.0` of PyPI). Builds (`1.0.0+a`) are told apart, also where the order does not. Null: none.
 */
export function listedVersion(
  entry: AffectedPackage,
  ecosystem: string,
  version: string,
  scheme: Scheme | null,
): string | null {
  if (entry.versions.includes(version)) return version;
  if (scheme === null || ONE_SPELLING.has(scheme) || version.includes('+')) return null;
  const isSame = (listed: string): boolean =>
    !listed.includes('+') && compareVersions(scheme, version, canonicalVersion(ecosystem, listed)) === 0;
  return entry.versions.find(isSame) ?? null;
}

/** Packages and records are both made from the same archive's list, and most records enumerate by the hundred. */
const ONE_SPELLING: ReadonlySet<Scheme> = new Set(['debian', 'alpine', 'rpm']);
