import type { Package } from '#model';
import { canonicalName, canonicalVersion } from './canonical-name.ts';

/** A name under which advisories may speak of a package, with the version that they mean then. */
export interface AskedName {
  /** In the form of {@link canonicalName}. */
  readonly name: string;
  readonly version: string;
  readonly of: 'package' | 'source';
}

/**
 * The names to ask an ecosystem's advisories for. Where they speak of source packages, the source's own
 * version counts: `libssl3 3.0.11-1~deb12u1+b1` was built from `openssl 3.0.11-1~deb12u1`. A package
 * without a known source is its own.
 */
export function askedNames(own: Package, ecosystem: string): readonly AskedName[] {
  const asked = (of: 'package' | 'source', { name, version }: Named): AskedName => ({
    name: canonicalName(ecosystem, name),
    version: canonicalVersion(ecosystem, version),
    of,
  });
  const itself = asked('package', own);
  if (own.source === null) return [itself];
  const source = asked('source', own.source);
  const by = NAMED_BY.get(ecosystem) ?? 'package';
  if (by === 'package') return [itself];
  const isAlike = source.name === itself.name && source.version === itself.version;
  return by === 'source' || isAlike ? [source] : [itself, source];
}

interface Named {
  readonly name: string;
  readonly version: string;
}

/**
 * What `affected[].package.name` is in each distribution's records: what the OSV schema says of the
 * ecosystem, and what the publishers really write. All others name the package itself.
 */
const NAMED_BY: ReadonlyMap<string, 'package' | 'source' | 'both'> = new Map([
  // The schema says source. A binary package's name can be another source's: only the source is asked.
  ['Debian', 'source'],
  ['Ubuntu', 'source'],
  ['Alpine', 'source'],
  ['Alpaquita', 'source'],
  ['BellSoft Hardened Containers', 'source'],
  ['Echo', 'source'],
  ['Mageia', 'source'],
  ['openEuler', 'source'],
  ['openSUSE', 'source'],
  ['SUSE', 'source'],
  ['Rocky Linux', 'source'],
  // The schema says source; the published records list each rpm that was built.
  ['AlmaLinux', 'both'],
  // "The name of a binary or source RPM."
  ['Red Hat', 'both'],
  // "The name of the package"; their feeds are made from the origin packages of apk.
  ['Chainguard', 'both'],
  ['CleanStart', 'both'],
  ['MinimOS', 'both'],
  ['Wolfi', 'both'],
  // "The name of the RPM package."
  ['Photon OS', 'package'],
  // Rebuilt packages: of the distribution that stands in the release.
  ['Root', 'both'],
  ['TuxCare', 'both'],
  ['Docker Hardened Images', 'both'],
]);
