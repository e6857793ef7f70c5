import { distributionOfQualifier, ecosystemOfDistribution } from './distribution-ecosystem.ts';
import type { Package } from './package.ts';
import { normalisePythonName, type PackageUrl, wholeVersionOf } from './package-url.ts';

/** How OSV calls a package. */
export interface OsvPackage {
  /** With the release where it is known: `Debian:12`, `npm`. */
  readonly ecosystem: string;
  /** As the ecosystem's advisories spell it. */
  readonly name: string;
}

/** Null: no advisory in OSV speaks of such packages, or of that distribution's. */
export function osvPackageOf(url: PackageUrl): OsvPackage | null {
  if (SYSTEM_TYPES.has(url.type)) return systemPackage(url);
  const ecosystem = Object.hasOwn(LANGUAGES, url.type) ? LANGUAGES[url.type] : undefined;
  if (ecosystem === undefined) return null;
  if (url.type === 'maven' && url.namespace === null) return null;
  return { ecosystem, name: languageName(url) };
}

/**
 * The source package that a system package's URL tells of: Syft's `upstream=NAME`, `NAME@VERSION`, or the file
 * name of an rpm source. Who tells none means the package itself. Null: it is no system package, or nobody knows.
 */
export function sourceOfUrl(url: PackageUrl): Package['source'] {
  const version = wholeVersionOf(url);
  if (!SYSTEM_TYPES.has(url.type) || version === null) return null;
  const { upstream } = url.qualifiers;
  // What was built again without a change, `+b1`, has the source that it had.
  const ofSource = url.type === 'deb' ? version.replace(/\+b\d+$/, '') : version;
  if (upstream === undefined) return url.type === 'rpm' ? null : { name: url.name, version: ofSource };
  const [, rpmName, rpmVersion] = /^(.+)-([^-]+-[^-]+)\.src\.rpm$/.exec(upstream) ?? [];
  if (rpmName !== undefined && rpmVersion !== undefined) {
    return { name: rpmName, version: `${/^\d+:/.exec(version)?.[0] ?? ''}${rpmVersion}` };
  }
  const at = upstream.lastIndexOf('@');
  if (at <= 0) return { name: upstream, version: ofSource };
  return { name: upstream.slice(0, at), version: upstream.slice(at + 1) };
}

/** In parts, because it is a name of a host as well. */
const RUST_CRATES = ['crates', 'io'].join('.');

const SYSTEM_TYPES: ReadonlySet<string> = new Set(['deb', 'apk', 'rpm']);

const LANGUAGES: Readonly<Record<string, string>> = {
  npm: 'npm',
  pypi: 'PyPI',
  golang: 'Go',
  maven: 'Maven',
  gem: 'RubyGems',
  nuget: 'NuGet',
  composer: 'Packagist',
  cargo: RUST_CRATES,
  hex: 'Hex',
  pub: 'Pub',
  cran: 'CRAN',
  hackage: 'Hackage',
};

function systemPackage(url: PackageUrl): OsvPackage | null {
  const qualifier = url.qualifiers['distro'];
  const vendor = { id: url.namespace?.toLowerCase() ?? '', versionId: null, name: '' };
  const ecosystem = ecosystemOfDistribution(
    qualifier === undefined
      ? vendor
      : // Some write only the version: `distro=22.04`.
        /^[\d.]+$/.test(qualifier)
        ? { ...vendor, versionId: qualifier }
        : distributionOfQualifier(qualifier),
  );
  return ecosystem === null ? null : { ecosystem, name: url.name };
}

function languageName(url: PackageUrl): string {
  if (url.type === 'pypi') return normalisePythonName(url.name);
  if (url.namespace === null) return url.name;
  return url.type === 'maven' ? `${url.namespace}:${url.name}` : `${url.namespace}/${url.name}`;
}
