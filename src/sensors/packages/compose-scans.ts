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
import { frontDecode } from './layers/front-coded.ts';
import { ancestorsOf } from './layers/layer-path.ts';
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
 * @param scans by diffId; one that is missing, or could not be read, is told in `unread`
 * @param image config digest
 */
export function composeScans(
  diffIds: readonly string[],
  scans: ReadonlyMap<string, LayerScan | UnreadLayer>,
  image: string | null = null,
): PackageList {
  let state: ReadonlyMap<string, Held> = new Map();
  let present: ReadonlyMap<string, number> = new Map();
  const unread = new Map<string, Unread>();
  for (const [layer, diffId] of diffIds.entries()) {
    const scan = scans.get(diffId) ?? { reason: 'this layer was not read' };
    if ('reason' in scan) {
      unread.set(`/ ${layer}`, { path: '/', reason: `layer ${layer + 1} (${diffId}): ${scan.reason}` });
      continue;
    }
    const hidden = hiddenBy(scan);
    state = applyLayer(state, scan, { layer, hidden });
    present = presence(state, present, layer);
    for (const [key, { path }] of unread) if (path !== '/' && hidden(path)) unread.delete(key);
    for (const { path, reason } of scan.unread) unread.set(`${path}\n${reason}`, { path, reason });
  }
  const distribution = distributionOf(state);
  const owned = ownedPaths(state);
  const packages = packagesOf(state, present, { distribution, owned });
  if (distribution === null && packages.some(({ readBy }) => SYSTEM.has(readBy))) {
    unread.set('os-release', { path: '/', reason: NO_DISTRIBUTION });
  }
  return {
    format: 1,
    image,
    distribution,
    packages,
    // A system's own files are the system's to tell.
    unread: [...unread.values()].filter(({ path }) => !isOwned(path, owned)),
  };
}

const NO_DISTRIBUTION =
  'no os-release says which distribution its system packages are of, so that no advisory can be held against them';

/** A record, and the layer that it lies in. */
interface Held {
  readonly record: ScanRecord;
  readonly layer: number;
}

function applyLayer(
  below: ReadonlyMap<string, Held>,
  scan: LayerScan,
  { layer, hidden }: { readonly layer: number; readonly hidden: (path: string) => boolean },
): ReadonlyMap<string, Held> {
  const state = new Map<string, Held>();
  for (const [path, held] of below) if (!hidden(path)) state.set(path, held);
  for (const record of scan.records) {
    state.delete(APK_TWINS[record.path] ?? '');
    state.set(record.path, { record, layer });
  }
  return state;
}

/** One file, where /lib is a link into /usr; both are there only where a tool wrote through that link. */
const APK_TWINS: Readonly<Record<string, string>> = {
  '/lib/apk/db/installed': '/usr/lib/apk/db/installed',
  '/usr/lib/apk/db/installed': '/lib/apk/db/installed',
};

/** Whether a file of the layers below is gone in this one. */
function hiddenBy(scan: LayerScan): (path: string) => boolean {
  const gone = new Set<string>(scan.whiteouts);
  const listed: string[] = [];
  for (const path of frontDecode(scan.replaced)) {
    if (path.endsWith('/')) listed.push(path.slice(0, -1));
    else gone.add(path);
  }
  for (const record of scan.records) gone.add(record.path);
  // What lies above an entry is a directory, also where no entry says so.
  const directories = new Set<string>();
  for (const path of [...gone, ...listed]) {
    for (const ancestor of ancestorsOf(path)) {
      if (directories.has(ancestor)) break;
      directories.add(ancestor);
    }
  }
  for (const path of listed) directories.add(path);
  const opaque = new Set(scan.opaque);
  if (opaque.has('')) return () => true;
  return (path) => {
    if (gone.has(path) || directories.has(path)) return true;
    for (const ancestor of ancestorsOf(path)) if (gone.has(ancestor) || opaque.has(ancestor)) return true;
    return false;
  };
}

/** Since which layer each package is there without a break. */
function presence(
  state: ReadonlyMap<string, Held>,
  before: ReadonlyMap<string, number>,
  layer: number,
): ReadonlyMap<string, number> {
  const present = new Map<string, number>();
  for (const { record } of state.values()) {
    for (const found of record.packages) {
      const key = keyOf(found, record.path);
      present.set(key, before.get(key) ?? layer);
    }
  }
  return present;
}

const SYSTEM: ReadonlySet<string> = new Set(['dpkg', 'apk', 'rpm']);

function keyOf(found: FoundPackage, path: string): string {
  const place = SYSTEM.has(found.readBy) ? (found.architecture ?? '') : path;
  return `${found.readBy}\n${found.name}\n${found.version}\n${place}`;
}

function packagesOf(
  state: ReadonlyMap<string, Held>,
  present: ReadonlyMap<string, number>,
  {
    distribution,
    owned,
  }: { readonly distribution: Distribution | null; readonly owned: ReadonlySet<string> },
): readonly Package[] {
  const packages: Package[] = [];
  const seen = new Set<string>();
  for (const { record } of state.values()) {
    const isSystems = isOwned(record.path, owned);
    for (const found of record.packages) {
      if (isSystems && !SYSTEM.has(found.readBy)) continue;
      const key = keyOf(found, record.path);
      if (seen.has(key)) continue;
      seen.add(key);
      packages.push(packageOf(found, record.path, { distribution, layer: present.get(key) ?? null }));
    }
  }
  return packages.toSorted(byPlace);
}

function ownedPaths(state: ReadonlyMap<string, Held>): ReadonlySet<string> {
  const owned = new Set<string>();
  for (const { record } of state.values()) for (const path of record.owns ?? []) owned.add(withoutUsr(path));
  return owned;
}

/**
 * Databases tell the directory of a dist-info at times, not the file in it. No other directory says whose
 * its files are: what somebody puts into the system's `webapps` is not the system's.
 */
function isOwned(path: string, owned: ReadonlySet<string>): boolean {
  const own = withoutUsr(path);
  if (owned.has(own)) return true;
  const parent = own.slice(0, own.lastIndexOf('/'));
  return /\.(?:dist|egg)-info$/.test(parent) && owned.has(parent);
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
function distributionOf(state: ReadonlyMap<string, Held>): Distribution | null {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const distribution = state.get(path)?.record.distribution;
    if (distribution !== undefined) return distribution;
  }
  return null;
}

function byPlace(left: Package, right: Package): number {
  const key = ({ purl, path }: Package) => `${purl}\n${path}`;
  return key(left) < key(right) ? -1 : 1;
}
