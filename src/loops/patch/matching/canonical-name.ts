import type { Package } from '#model';
import { ecosystemOf } from './named-ecosystem.ts';

/**
 * The name of a package in the form in which advisories and packages of an ecosystem (without release)
 * are compared. Names are taken as they are, except where the ecosystem's own rules make several
 * spellings one package.
 */
export function canonicalName(ecosystem: string, name: string): string {
  switch (ecosystem) {
    // PEP 503.
    case 'PyPI':
      return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
    // The registry finds them in any case.
    case 'NuGet':
    case 'Packagist':
    case 'GitHub Actions':
    case 'VSCode':
      return name.toLowerCase();
    // The standard library: the vulnerability database's name for what tools call `go` or `std`.
    case 'Go':
      return name === 'go' || name === 'std' ? 'stdlib' : name;
    default:
      return name;
  }
}

/** Go's own releases are called `go1.22.1`, in advisories `1.22.1`. */
export function canonicalVersion(ecosystem: string, version: string): string {
  return ecosystem === 'Go' && /^go\d/.test(version) ? version.slice(2) : version;
}

/** Under the name that advisories are asked by; how a list spells it stays in the package URL. */
export function canonicalPackage(own: Package): Package {
  if (own.ecosystem === null) return own;
  const ecosystem = ecosystemOf(own.ecosystem).name;
  const name = canonicalName(ecosystem, own.name);
  const version = canonicalVersion(ecosystem, own.version);
  return name === own.name && version === own.version ? own : { ...own, name, version };
}
