import type { Distribution, Package } from './package.ts';
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
 * The OSV ecosystem of a distribution's packages, with its release. Null: OSV has none for it. A Red Hat
 * release is only the product's (`Red Hat:enterprise_linux:9`), because an image does not tell the
 * repository that each package came from.
 */
export function ecosystemOfDistribution(distribution: Distribution): string | null {
  const { id, versionId, name } = distribution;
  const version = versionId ?? '';
  const own = Object.hasOwn(OWN_RULES, id) ? OWN_RULES[id] : undefined;
  if (own !== undefined) return own(version, name);
  const known = Object.hasOwn(MAJOR_RELEASES, id) ? MAJOR_RELEASES[id] : undefined;
  if (known === undefined) return null;
  const major = version.split('.', 1)[0] ?? '';
  return major === '' ? known : `${known}:${major}`;
}

/** Distributions whose OSV release is more, or less, than the version's first number. */
const OWN_RULES: Readonly<Record<string, (version: string, name: string) => string>> = {
  debian: (version, name) => ['Debian', debianRelease(version, name)].filter(Boolean).join(':'),
  ubuntu,
  alpine,
  'opensuse-leap': (version) => `openSUSE:Leap ${version}`,
  'opensuse-tumbleweed': () => 'openSUSE:Tumbleweed',
  sles: (version) => suse('Linux Enterprise Server', version),
  sled: (version) => suse('Linux Enterprise Desktop', version),
  sle_hpc: (version) => suse('Linux Enterprise High Performance Computing', version),
  photon: (version) => `Photon OS:${version}`,
  wolfi: () => 'Wolfi',
  chainguard: () => 'Chainguard',
  minimos: () => 'MinimOS',
};

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

/** `debian-12`, `alpine-3.19.1`, `rhel-9.3`: the `distro` qualifier that list makers write. */
export function distributionOfQualifier(text: string): Distribution {
  const [, id, versionId] = /^(.+?)-([\w.]+)$/.exec(text) ?? [];
  const whole = text.toLowerCase();
  // `opensuse-leap` alone is an id with a dash in it.
  if (id === undefined || versionId === undefined || !/\d/.test(versionId)) {
    const codename = versionId ?? '';
    return codename in CODENAMES && id !== undefined
      ? { id: id.toLowerCase(), versionId: CODENAMES[codename] ?? null, name: text }
      : { id: whole, versionId: null, name: text };
  }
  return { id: id.toLowerCase(), versionId, name: text };
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

/** Distributions whose OSV release is the version's first number. */
const MAJOR_RELEASES: Readonly<Record<string, string>> = {
  rhel: 'Red Hat:enterprise_linux',
  redhat: 'Red Hat:enterprise_linux',
  rocky: 'Rocky Linux',
  almalinux: 'AlmaLinux',
  azurelinux: 'Azure Linux',
  mariner: 'Azure Linux',
  mageia: 'Mageia',
  alpaquita: 'Alpaquita',
};

/** Testing and unstable have no number; both carry the next release's code name. */
const CODENAMES: Readonly<Record<string, string>> = {
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
};

function systemPackage(url: PackageUrl): OsvPackage | null {
  const qualifier = url.qualifiers['distro'];
  const fallback = { id: url.namespace ?? '', versionId: null, name: '' };
  const distribution = qualifier === undefined ? fallback : distributionOfQualifier(qualifier);
  // Some write only the version: `distro=22.04`, or the code name: `distro=bookworm`.
  const bare = qualifier !== undefined && /^[\d.]+$/.test(qualifier);
  const named = qualifier !== undefined && qualifier in CODENAMES;
  const known =
    bare || named
      ? { ...fallback, versionId: bare ? qualifier : (CODENAMES[qualifier ?? ''] ?? null) }
      : distribution;
  const ecosystem = ecosystemOfDistribution(known);
  return ecosystem === null ? null : { ecosystem, name: url.name };
}

function languageName(url: PackageUrl): string {
  if (url.type === 'pypi') return normalisePythonName(url.name);
  if (url.namespace === null) return url.name;
  return url.type === 'maven' ? `${url.namespace}:${url.name}` : `${url.namespace}/${url.name}`;
}

function debianRelease(version: string, name: string): string {
  if (version !== '') return version.split('.', 1)[0] ?? '';
  const codename = /\b([a-z]+)(?:\/sid)?$/.exec(name)?.[1] ?? '';
  return CODENAMES[codename] ?? '';
}

function ubuntu(version: string): string {
  const [, year, month] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (year === undefined || month === undefined) return 'Ubuntu';
  const isLongTerm = Number(year) % 2 === 0 && month === '04';
  return `Ubuntu:${year}.${month}${isLongTerm ? ':LTS' : ''}`;
}

function alpine(version: string): string {
  const [, release] = /^(\d+\.\d+)/.exec(version) ?? [];
  // Edge calls itself by the date of its build: `3.20_alpha20240329`.
  return release === undefined || version.includes('_alpha') ? 'Alpine' : `Alpine:v${release}`;
}

function suse(product: string, version: string): string {
  const [major, pack] = version.split('.');
  const servicePack = pack === undefined || pack === '0' ? '' : ` SP${pack}`;
  return `SUSE:${product} ${major}${servicePack}`;
}
