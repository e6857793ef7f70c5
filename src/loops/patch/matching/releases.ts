/**
 * Whether what an advisory says of one release of an ecosystem holds for a package of another. Null:
 * no release is given. An advisory without one speaks of all releases; a package of a distribution
 * without one matches only such, as nobody knows which release it is of.
 */
export function releaseHolds(ecosystem: string, advisory: string | null, own: string | null): boolean {
  if (advisory === null || advisory === own) return true;
  if (ADDRESSES.has(ecosystem)) return own === null;
  if (own === null) return false;
  switch (ecosystem) {
    case 'Ubuntu':
      // `22.04` and `22.04:LTS` are one release. `Pro:22.04:LTS` is another stream of fixes.
      return withoutWord(advisory, 'LTS') === withoutWord(own, 'LTS');
    case 'Alpine':
      return withoutPrefix(advisory) === withoutPrefix(own);
    case 'Red Hat':
      return productHolds(advisory.split(':'), own.split(':'));
    case 'Azure Linux':
      // Its publishers write `3`, its systems `3.0`.
      return advisory.replace(/\.0$/, '') === own.replace(/\.0$/, '');
    case 'SUSE':
      return suseHolds(advisory, own);
    default:
      return false;
  }
}

/** Here, what follows the name is the address of a registry, which packages seldom know of themselves. */
const ADDRESSES: ReadonlySet<string> = new Set(['Maven', 'Packagist', 'VSCode']);

function withoutWord(release: string, word: string): string {
  return release
    .split(':')
    .filter((part) => part !== word)
    .join(':');
}

function withoutPrefix(release: string): string {
  return release.replace(/^v/, '');
}

/**
 * What a server or desktop of SUSE consists of comes from modules, and their records name these:
 * `Linux Enterprise Module for Basesystem 15 SP5` holds for `Linux Enterprise Server 15 SP5`.
 */
function suseHolds(advisory: string, own: string): boolean {
  const [, version] = /^Linux Enterprise Module for .+? (\d+(?: SP\d+)?)$/.exec(advisory) ?? [];
  const [, ownVersion] =
    /^Linux Enterprise (?:Server|Server for SAP Applications|Desktop|High Performance Computing) (\d.*)$/.exec(
      own,
    ) ?? [];
  return version !== undefined && version === ownVersion;
}

/**
 * Parts of a CPE, `enterprise_linux:9::baseos` = product, version, update, edition; an empty or missing
 * one is any. Every minor release of a product is of its major one: `enterprise_linux:9` holds for 9.4. The
 * records of Enterprise Linux 10 name the minor release in which the fix came out (`enterprise_linux:10.0`),
 * which is for all who follow the major one; longer support of a minor release is another product.
 */
function productHolds(advisory: readonly string[], own: readonly string[]): boolean {
  const [product, version, ...rest] = advisory;
  const [ownProduct, ownVersion, ...ownRest] = own;
  if (product !== ownProduct) return false;
  const versionHolds =
    isAny(version) ||
    version === ownVersion ||
    ownVersion?.startsWith(`${version}.`) === true ||
    (product === 'enterprise_linux' && version?.startsWith(`${ownVersion}.`) === true);
  return (
    versionHolds &&
    rest.every((part, index) => isAny(part) || isAny(ownRest[index]) || part === ownRest[index])
  );
}

function isAny(part: string | undefined): boolean {
  return part === undefined || part === '' || part === '*';
}
