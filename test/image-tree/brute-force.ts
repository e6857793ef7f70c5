import { spawnSync } from 'node:child_process';
import type { OsvAffected, OsvRecord } from './osv-records.ts';
import type { TruePackage } from './root-packages.ts';

/** The packages that a record affects, one by one, in the order that dpkg itself says. */
export function affectedBy(record: OsvRecord, packages: readonly TruePackage[]): readonly TruePackage[] {
  return packages.filter((each) => record.affected.some((affected) => isAffected(affected, each)));
}

const answers = new Map<string, boolean>();

/** By dpkg. */
export function isOlder(left: string, right: string): boolean {
  const key = `${left} ${right}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const { status } = spawnSync('dpkg', ['--compare-versions', left, 'lt', right]);
  answers.set(key, status === 0);
  return status === 0;
}

function isAffected(affected: OsvAffected, found: TruePackage): boolean {
  const debian = found.kind === 'debian';
  if (affected.package.ecosystem !== (debian ? 'Debian:12' : 'PyPI')) return false;
  const name = debian ? found.source : found.name.toLowerCase();
  const version = debian ? found.sourceVersion : found.version;
  if (name !== affected.package.name || version === null) return false;
  // PyPI's versions here are plain numbers with dots, which dpkg orders alike.
  return affected.ranges.some(({ events }) => {
    const introduced = events.find((event) => event.introduced !== undefined)?.introduced ?? '0';
    const fixed = events.find((event) => event.fixed !== undefined)?.fixed;
    const since = introduced === '0' || !isOlder(version, introduced);
    return since && (fixed === undefined || isOlder(version, fixed));
  });
}
