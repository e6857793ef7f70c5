import assert from 'node:assert/strict';
import type { PackageList } from '#model';
import type { TruePackage } from './root-packages.ts';

/** `name version` of everything that really is there, sorted. */
export function held(packages: readonly TruePackage[]): readonly string[] {
  return packages.map(({ name, version }) => `${name} ${version}`).toSorted();
}

/** `name version` of everything that was read, sorted; nothing may be left unread. */
export function found({ packages, unread }: PackageList): readonly string[] {
  assert.deepEqual(unread, []);
  return packages.map(({ purl, name, version }) => `${debianName(purl) ?? name} ${version}`).toSorted();
}

/** Of the binary package: the name that advisories speak of is the source's. */
export function debianName(purl: string): string | null {
  const name = /^pkg:deb\/debian\/([^@]+)@/.exec(purl)?.[1];
  return name === undefined ? null : decodeURIComponent(name);
}
