import type { PackageList } from '#model';

const OF_A_SYSTEM = /^pkg:(?:deb|apk|rpm)\//;

/**
 * Why no advisory can speak of the system's packages in a list: OSV has none of that distribution, so "not
 * affected" would be no finding. Null: it has, or there are no such packages.
 */
export function unspoken({ distribution, packages }: PackageList): string | null {
  if (!packages.some(({ ecosystem, purl }) => ecosystem === null && OF_A_SYSTEM.test(purl))) return null;
  return distribution === null
    ? 'nothing tells which distribution its system packages are of, so no advisory can be held against them'
    : `OSV has no advisories for the system packages of ${distribution.name}`;
}
