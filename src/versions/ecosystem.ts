/** How versions are ordered; several ecosystems share one. */
export type Scheme =
  | 'debian'
  | 'alpine'
  | 'rpm'
  | 'semver'
  | 'pub'
  | 'python'
  | 'maven'
  | 'rubygems'
  | 'nuget'
  | 'packagist'
  | 'hackage'
  | 'cran';

/** An OSV ecosystem, such as `Debian:12`. */
export interface Ecosystem {
  /** `Debian`, `Red Hat`, `npm` */
  readonly name: string;
  /** What follows the name: `12`, `22.04:LTS`, `rhel_aus:8.4::appstream`; null: nothing does. */
  readonly release: string | null;
  readonly scheme: Scheme;
}

/** Null: OSV does not know it, or it has no order of versions (`GIT`, `Android`, `OSS-Fuzz`). */
export function parseEcosystem(text: string): Ecosystem | null {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const release = colon < 0 ? null : text.slice(colon + 1);
  if (release === '') return null;
  const scheme = REBUILDERS.has(name) ? schemeOfRebuilt(name, release) : SCHEMES.get(name);
  return scheme === undefined ? null : { name, release, scheme };
}

/** As {@link parseEcosystem}, for what people type: without regard to case. */
export function findEcosystem(text: string): Ecosystem | null {
  return parseEcosystem(text.split(':').map(spelledRight).join(':'));
}

/** The names, without releases, in the order of the alphabet. */
export function ecosystemNames(): readonly string[] {
  const names = [...SCHEMES.keys(), ...REBUILDERS];
  return names.toSorted((left, right) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1));
}

function spelledRight(part: string): string {
  const lower = part.toLowerCase();
  return ecosystemNames().find((name) => name.toLowerCase() === lower) ?? part;
}

/** In parts, because it is a name of a host as well. */
const RUST_CRATES = ['crates', 'io'].join('.');

const NAMES: Readonly<Partial<Record<Scheme, readonly string[]>>> = {
  debian: ['Debian', 'Ubuntu', 'opam'],
  alpine: [
    'Alpaquita',
    'Alpine',
    'BellSoft Hardened Containers',
    'Chainguard',
    'CleanStart',
    'MinimOS',
    'Wolfi',
  ],
  rpm: [
    'AlmaLinux',
    'Azure Linux',
    'Mageia',
    'openEuler',
    'openSUSE',
    'Photon OS',
    'Red Hat',
    'Rocky Linux',
    'SUSE',
  ],
  semver: [
    'Bioconductor',
    'Bitnami',
    'ConanCenter',
    'GHC',
    'GitHub Actions',
    'Go',
    'Hex',
    'Julia',
    'Kubernetes',
    'Linux',
    'npm',
    RUST_CRATES,
    'SwiftURL',
    'VSCode',
  ],
  pub: ['Pub'],
  python: ['PyPI'],
  maven: ['Maven'],
  rubygems: ['RubyGems'],
  nuget: ['NuGet'],
  packagist: ['Packagist'],
  hackage: ['Hackage'],
  cran: ['CRAN'],
};

const SCHEMES: ReadonlyMap<string, Scheme> = new Map(
  // What Object.entries forgets.
  (Object.entries(NAMES) as [Scheme, readonly string[]][]).flatMap(([scheme, names]) =>
    names.map((name) => [name, scheme] as const),
  ),
);

/** Vendors that build packages of other ecosystems again, and say of which: `Root:Alpine:3.18`. */
const REBUILDERS: ReadonlySet<string> = new Set(['Docker Hardened Images', 'Echo', 'Root', 'TuxCare']);

function schemeOfRebuilt(name: string, release: string | null): Scheme | undefined {
  // Echo's own packages are Debian's.
  if (release === null) return name === 'Echo' ? 'debian' : undefined;
  const scheme = SCHEMES.get(release.split(':', 1)[0] ?? '');
  // `1.2.3+echo.1` is newer than `1.2.3`: builds count.
  return name === 'Echo' && scheme === 'semver' ? 'pub' : scheme;
}
