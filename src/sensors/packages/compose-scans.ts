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
  const steps = composing(diffIds, scans, image, foreign);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As {@link composeScans}, in steps of some milliseconds, between which others have their turn. */
export async function composeScansInTurns(
  diffIds: readonly string[],
  scans: ReadonlyMap<string, LayerScan | UnreadLayer>,
  image: string,
): Promise<PackageList> {
  const steps = composing(diffIds, scans, image, new Set());
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** 2,000 packages take some 5 ms. */
const PACKAGES_A_STEP = 2000;

function* composing(
  diffIds: readonly string[],
  scans: ReadonlyMap<string, LayerScan | UnreadLayer>,
  image: string | null,
  foreign: ReadonlySet<string>,
): Generator<undefined, PackageList> {
  const state: State = { held: new Map(), ownedIn: new Map(), present: new Map(), unread: new Map() };
  for (const [layer, diffId] of diffIds.entries()) {
    const scan = scans.get(diffId) ?? { reason: 'this layer was not read' };
    if ('reason' in scan) {
      const reason = `layer ${layer + 1} (${diffId}): ${scan.reason}`;
      state.unread.set(`/ ${layer}`, { path: '/', reason });
      continue;
    }
    yield* applyLayer(state, scan, layer);
    yield;
  }
  const distribution = distributionOf(state);
  const owned = ownedPaths(state);
  const isSystems = (path: string): boolean =>
    isOwned(path, owned) && state.held.get(path)?.overwrites !== true && !foreign.has(path);
  const packages: Package[] = [];
  for (const placed of placedPackages(state, isSystems)) {
    packages.push(packageOf(placed, distribution));
    if (packages.length % PACKAGES_A_STEP === 0) yield;
  }
  // A system's own files are the system's to tell.
  const unread = [...state.unread.values()].filter(({ path }) => !isSystems(path));
  if (distribution === null && packages.some(({ readBy }) => SYSTEM.has(readBy))) {
    unread.push({ path: '/', reason: NO_DISTRIBUTION });
  }
  return { format: 1, image, distribution, packages: packages.toSorted(byPlace), unread };
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
  /** Since which layer each package is there without a break, by {@link keyOf}. */
  present: ReadonlyMap<string, number>;
  readonly unread: Map<string, Unread>;
}

function* applyLayer(state: State, scan: LayerScan, layer: number): Generator<undefined, void> {
  const before = yield* removeHidden(state, scan);
  putRecords(state, scan, { layer, before });
  for (const { path, reason } of scan.unread) state.unread.set(`${path}\n${reason}`, { path, reason });
  if (before.size > 0 || scan.records.length > 0) state.present = presence(state, layer);
}

/** What the layer takes away from those below. */
function* removeHidden(
  { held, unread }: State,
  scan: LayerScan,
): Generator<undefined, ReadonlyMap<string, Held>> {
  const removed = new Map<string, Held>();
  const below = [...held.keys(), ...[...unread.values()].map(({ path }) => path)];
  // A base has the most files, and nothing below it.
  if (below.length === 0) return removed;
  const hidden = yield* hiddenPaths(scan, below);
  for (const [path, one] of held) {
    if (!hidden(path)) continue;
    held.delete(path);
    removed.set(path, one);
  }
  for (const [key, { path }] of unread) if (path !== '/' && hidden(path)) unread.delete(key);
  return removed;
}

function putRecords(
  { held, ownedIn }: State,
  scan: LayerScan,
  { layer, before }: { readonly layer: number; readonly before: ReadonlyMap<string, Held> },
): void {
  for (const { owns } of scan.records) for (const path of owns ?? []) ownedIn.set(withoutUsr(path), layer);
  for (const record of scan.records) {
    held.delete(APK_TWINS[record.path] ?? '');
    const told = Math.max(...namesOf(record.path).map((name) => ownedIn.get(name) ?? -1));
    held.set(record.path, heldOf(record, before.get(record.path), told >= 0 && told < layer));
  }
}

/** One file, where /lib is a link into /usr; both are there only where a tool wrote through that link. */
const APK_TWINS: Readonly<Record<string, string>> = {
  '/lib/apk/db/installed': '/usr/lib/apk/db/installed',
  '/usr/lib/apk/db/installed': '/lib/apk/db/installed',
};

/** @param isOver a layer below says that the file is a system package's, and this one does not */
function heldOf(record: ScanRecord, before: Held | undefined, isOver: boolean): Held {
  const keys = record.packages.map((found) => keyOf(found, record.path));
  // One that says the same again was only touched, as by chmod.
  const overwrites = before !== undefined && isSame(keys, before.keys) ? before.overwrites : isOver;
  return { record, keys, overwrites };
}

function isSame(keys: readonly string[], others: readonly string[]): boolean {
  return keys.length === others.length && keys.every((key, index) => key === others[index]);
}

function presence({ held, present }: State, layer: number): ReadonlyMap<string, number> {
  const renewed = new Map<string, number>();
  for (const { keys } of held.values()) for (const key of keys) renewed.set(key, present.get(key) ?? layer);
  return renewed;
}

const SYSTEM: ReadonlySet<string> = new Set(['dpkg', 'apk', 'rpm']);

function keyOf(found: FoundPackage, path: string): string {
  const place = SYSTEM.has(found.readBy) ? (found.architecture ?? '') : path;
  return `${found.readBy}\n${found.name}\n${found.version}\n${place}`;
}

/** A package, where it was found, and the layer that brought it in. */
interface Placed {
  readonly found: FoundPackage;
  readonly path: string;
  readonly layer: number | null;
}

/** Each package once, but for those of a language that are the system's. */
function* placedPackages(
  { held, present }: State,
  isSystems: (path: string) => boolean,
): Generator<Placed, void> {
  const seen = new Set<string>();
  for (const { record, keys } of held.values()) {
    const isOfSystem = isSystems(record.path);
    for (const [index, found] of record.packages.entries()) {
      const key = keys[index] ?? '';
      if (seen.has(key) || (isOfSystem && !SYSTEM.has(found.readBy))) continue;
      seen.add(key);
      yield { found, path: record.path, layer: present.get(key) ?? null };
    }
  }
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

function packageOf({ found, path, layer }: Placed, distribution: Distribution | null): Package {
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
