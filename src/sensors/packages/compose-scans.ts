import {
  ecosystemOfDistribution,
  formatPackageUrl,
  normalisePackageUrl,
  type Distribution,
  type Package,
  type PackageList,
  type Unread,
} from '#model';
import type { FoundPackage, LayerScan, ScanRecord } from './layer-scan.ts';
import { hiddenPaths } from './hidden-paths.ts';
import { urlOfFound } from './package-url-of.ts';
import { withoutUsr } from './readers/owned-files.ts';

/** A layer that could not be read: why, in plain words. */
export interface UnreadLayer {
  readonly reason: string;
}

/**
 * The packages of an image: its layers laid upon each other. Each package has the layer that brought it
 * in: the last one before which it (name, version, architecture; of a language also the path) was not
 * there. Pure.
 *
 * A file that a system package brought is the system's, unless a later layer put other packages into it
 * without the system's database knowing: then what it holds now is listed beside the system package.
 *
 * @param scans by diffId; one that is missing, or could not be read, is told in `unread`
 * @param image config digest
 * @param foreign files that are not the system's, although its database tells them: known where layers
 * are not, as in a live root file system
 */
export function composeScans(
  diffIds: readonly string[],
  scans: ReadonlyMap<string, LayerScan | UnreadLayer>,
  image: string | null = null,
  foreign: ReadonlySet<string> = new Set(),
): PackageList {
  const state: State = { held: new Map(), ownedIn: new Map() };
  let present: ReadonlyMap<string, number> = new Map();
  const unread = new Map<string, Unread>();
  for (const [layer, diffId] of diffIds.entries()) {
    const scan = scans.get(diffId) ?? { reason: 'this layer was not read' };
    if ('reason' in scan) {
      unread.set(`/ ${layer}`, { path: '/', reason: `layer ${layer + 1} (${diffId}): ${scan.reason}` });
      continue;
    }
    const below = [...state.held.keys(), ...[...unread.values()].map(({ path }) => path)];
    // A base has the most files, and nothing below it.
    const hidden = below.length === 0 ? () => false : hiddenPaths(scan, below);
    applyLayer(state, scan, { layer, hidden });
    present = presence(state, present, layer);
    for (const [key, { path }] of unread) if (path !== '/' && hidden(path)) unread.delete(key);
    for (const { path, reason } of scan.unread) unread.set(`${path}\n${reason}`, { path, reason });
  }
  const distribution = distributionOf(state);
  const owned = ownedPaths(state);
  const isSystems = (path: string): boolean =>
    isOwned(path, owned) && state.held.get(path)?.overwrites !== true && !foreign.has(path);
  const packages = packagesOf(state, present, { distribution, isSystems });
  if (distribution === null && packages.some(({ readBy }) => SYSTEM.has(readBy))) {
    unread.set('os-release', { path: '/', reason: NO_DISTRIBUTION });
  }
  return {
    format: 1,
    image,
    distribution,
    packages,
    // A system's own files are the system's to tell.
    unread: [...unread.values()].filter(({ path }) => !isSystems(path)),
  };
}

const NO_DISTRIBUTION =
  'no os-release says which distribution its system packages are of, so that no advisory can be held against them';

/** A record of the layers so far. */
interface Held {
  readonly record: ScanRecord;
  /** Of its packages, as {@link keyOf} says. */
  readonly keys: readonly string[];
  /** It holds other packages than what a system package had put there in a layer below. */
  readonly overwrites: boolean;
}

/** The layers so far, laid upon each other. */
interface State {
  readonly held: Map<string, Held>;
  /** Paths that a system's database told → the last layer in which it did; without `/usr` where that is a link. */
  readonly ownedIn: Map<string, number>;
}

function applyLayer(
  { held, ownedIn }: State,
  scan: LayerScan,
  { layer, hidden }: { readonly layer: number; readonly hidden: (path: string) => boolean },
): void {
  const before = new Map<string, Held>();
  for (const [path, one] of held) {
    if (!hidden(path)) continue;
    held.delete(path);
    before.set(path, one);
  }
  for (const { owns } of scan.records) for (const path of owns ?? []) ownedIn.set(withoutUsr(path), layer);
  for (const record of scan.records) {
    held.delete(APK_TWINS[record.path] ?? '');
    const keys = record.packages.map((found) => keyOf(found, record.path));
    const same = before.get(record.path);
    // One that says the same again was only touched, as by chmod.
    const isTouched = same !== undefined && isSame(keys, same.keys);
    const told = Math.max(...namesOf(record.path).map((name) => ownedIn.get(name) ?? -1));
    const overwrites = isTouched ? same.overwrites : told >= 0 && told < layer;
    held.set(record.path, { record, keys, overwrites });
  }
}

/** One file, where /lib is a link into /usr; both are there only where a tool wrote through that link. */
const APK_TWINS: Readonly<Record<string, string>> = {
  '/lib/apk/db/installed': '/usr/lib/apk/db/installed',
  '/usr/lib/apk/db/installed': '/lib/apk/db/installed',
};

function isSame(keys: readonly string[], others: readonly string[]): boolean {
  return keys.length === others.length && keys.every((key, index) => key === others[index]);
}

/** Since which layer each package is there without a break. */
function presence(
  { held }: State,
  before: ReadonlyMap<string, number>,
  layer: number,
): ReadonlyMap<string, number> {
  const present = new Map<string, number>();
  for (const { keys } of held.values()) for (const key of keys) present.set(key, before.get(key) ?? layer);
  return present;
}

const SYSTEM: ReadonlySet<string> = new Set(['dpkg', 'apk', 'rpm']);

function keyOf(found: FoundPackage, path: string): string {
  const place = SYSTEM.has(found.readBy) ? (found.architecture ?? '') : path;
  return `${found.readBy}\n${found.name}\n${found.version}\n${place}`;
}

function packagesOf(
  { held }: State,
  present: ReadonlyMap<string, number>,
  {
    distribution,
    isSystems,
  }: { readonly distribution: Distribution | null; readonly isSystems: (path: string) => boolean },
): readonly Package[] {
  const packages: Package[] = [];
  const seen = new Set<string>();
  for (const { record, keys } of held.values()) {
    const isOfSystem = isSystems(record.path);
    for (const [index, found] of record.packages.entries()) {
      if (isOfSystem && !SYSTEM.has(found.readBy)) continue;
      const key = keys[index] ?? '';
      if (seen.has(key)) continue;
      seen.add(key);
      packages.push(packageOf(found, record.path, { distribution, layer: present.get(key) ?? null }));
    }
  }
  return packages.toSorted(byPlace);
}

function ownedPaths({ held }: State): ReadonlySet<string> {
  const owned = new Set<string>();
  for (const { record } of held.values()) for (const path of record.owns ?? []) owned.add(withoutUsr(path));
  return owned;
}

function isOwned(path: string, owned: ReadonlySet<string>): boolean {
  return namesOf(path).some((name) => owned.has(name));
}

/**
 * What a system's database may call a file. It tells the directory of a dist-info at times, not the file
 * in it. No other directory says whose its files are: what somebody puts into the system's `webapps` is
 * not the system's.
 */
function namesOf(path: string): readonly string[] {
  const own = withoutUsr(path);
  const parent = own.slice(0, own.lastIndexOf('/'));
  return /\.(?:dist|egg)-info$/.test(parent) ? [own, parent] : [own];
}

function packageOf(
  found: FoundPackage,
  path: string,
  { distribution, layer }: { readonly distribution: Distribution | null; readonly layer: number | null },
): Package {
  const { url, ecosystem } = urlOfFound(found, distribution);
  return {
    purl: formatPackageUrl(normalisePackageUrl(url)),
    ecosystem: ecosystem === 'of the distribution' ? ecosystemOf(distribution) : ecosystem,
    name: found.name,
    version: found.version,
    source: found.source,
    layer,
    path,
    readBy: found.readBy,
  };
}

function ecosystemOf(distribution: Distribution | null): string | null {
  return distribution === null ? null : ecosystemOfDistribution(distribution);
}

/** `/etc/os-release` is the one that counts; in most images it is a link to the other. */
function distributionOf({ held }: State): Distribution | null {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const distribution = held.get(path)?.record.distribution;
    if (distribution !== undefined) return distribution;
  }
  return null;
}

function byPlace(left: Package, right: Package): number {
  if (left.purl !== right.purl) return left.purl < right.purl ? -1 : 1;
  return (left.path ?? '') < (right.path ?? '') ? -1 : 1;
}
