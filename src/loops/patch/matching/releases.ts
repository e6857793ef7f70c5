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
 * Parts of a CPE, `enterprise_linux:9::baseos` = product, version, update, edition; an empty or missing
 * one is any. Every minor release of a product is of its major one: `enterprise_linux:9` holds for 9.4.
 */
function productHolds(advisory: readonly string[], own: readonly string[]): boolean {
  const [product, version, ...rest] = advisory;
  const [ownProduct, ownVersion, ...ownRest] = own;
  if (product !== ownProduct) return false;
  const versionHolds =
    isAny(version) || version === ownVersion || ownVersion?.startsWith(`${version}.`) === true;
  return (
    versionHolds &&
    rest.every((part, index) => isAny(part) || isAny(ownRest[index]) || part === ownRest[index])
  );
}

function isAny(part: string | undefined): boolean {
  return part === undefined || part === '' || part === '*';
}
