import {
  distributionOfQualifier,
  ecosystemOfDistribution,
  formatPackageUrl,
  normalisePackageUrl,
  osvPackageOf,
  parsePackageUrl,
  sourceOfUrl,
  wholeVersionOf,
  type Distribution,
  type Package,
  type PackageUrl,
} from '#model';

/** What a list says of a package beside its URL. */
export interface Listed {
  readonly url: string;
  readonly readBy: 'cyclonedx' | 'spdx';
  readonly path: string | null;
  readonly source: Package['source'];
  /** Of the whole list, for packages that do not tell theirs. */
  readonly distribution: Distribution | null;
}

const SYSTEM_TYPES: ReadonlySet<string> = new Set(['deb', 'apk', 'rpm']);
const TEXT_LENGTH_MAX = 512;

/** @returns in words what is wrong with it, where it is no package with a version */
export function listedPackage(listed: Listed): Package | string {
  const url = parsePackageUrl(listed.url);
  if (url === null) return `"${listed.url.slice(0, 200)}" is no package URL`;
  const version = wholeVersionOf(url);
  if (version === null) return `${listed.url.slice(0, 200)} has no version`;
  if (version.length > TEXT_LENGTH_MAX || url.name.length > TEXT_LENGTH_MAX)
    return 'its name or version is too long';
  if (/\p{Cc}/u.test(`${url.namespace ?? ''}${url.name}${version}`)) return 'its name or version can be none';
  return {
    purl: formatPackageUrl(normalisePackageUrl(url)),
    ...ecosystemAndName(url, listed.distribution),
    version,
    source: SYSTEM_TYPES.has(url.type) ? (listed.source ?? sourceOfUrl(url)) : null,
    layer: null,
    path: listed.path,
    readBy: listed.readBy,
  };
}

/** The distribution that a system package's URL names; null: it names none. */
export function distributionOfUrl(text: string): Distribution | null {
  const url = parsePackageUrl(text);
  const qualifier = url !== null && SYSTEM_TYPES.has(url.type) ? url.qualifiers['distro'] : undefined;
  return qualifier === undefined || !/-\d/.test(qualifier) ? null : distributionOfQualifier(qualifier);
}

function ecosystemAndName(
  url: PackageUrl,
  distribution: Distribution | null,
): { readonly ecosystem: string | null; readonly name: string } {
  const own = osvPackageOf(url);
  if (own === null) return { ecosystem: null, name: plainName(url) };
  const isTold = url.qualifiers['distro'] !== undefined || !SYSTEM_TYPES.has(url.type);
  if (isTold || distribution === null) return own;
  return { ecosystem: ecosystemOfDistribution(distribution) ?? own.ecosystem, name: own.name };
}

function plainName({ type, namespace, name }: PackageUrl): string {
  return namespace === null || SYSTEM_TYPES.has(type) ? name : `${namespace}/${name}`;
}
