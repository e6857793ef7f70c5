import type { VersionInterval } from '#model';
import { compareVersions, isOrdered, parseEcosystem, type Scheme } from '#versions';
import { NONE } from '../fact-columns.ts';
import { bytesOf, columnFrom, withRoom } from '../columns.ts';
import { StringTable } from '../string-table.ts';
import type { PackageEntry, PackageTable } from './package-table.ts';

/** A package under one of its two names; see {@link placeOf}. */
export type PackagePlace = number;

/** The same package may be asked for by its own name and by its source package's. */
function placeOf(number: number, ofSource: boolean): PackagePlace {
  return number * 2 + (ofSource ? 1 : 0);
}

/** All packages that have one version under one name. */
interface HeldVersion {
  readonly version: string;
  readonly places: PackagePlace[];
}

/**
 * The versions of each package of each ecosystem in their own order, so that an affected range is a
 * contiguous run of them. They are put in order when somebody asks for them first: most packages
 * are never asked for.
 */
export class PackageVersions {
  readonly #packages: PackageTable;
  /** `ecosystem name`: the ecosystem as it stands in lists, the name in lower case. */
  #keys = new StringTable();
  /** By key the place that was added last, and by place the one before. */
  #lastPlace = new Int32Array(64);
  #placeBefore = new Int32Array(64);
  readonly #ordered = new Map<number, HeldVersion[]>();
  /** `Debian` → `Debian:11`, `Debian:12`: all that were seen. */
  readonly #releases = new Map<string, Set<string>>();

  constructor(packages: PackageTable) {
    this.#packages = packages;
  }

  /** Takes up a package that was not there. */
  add(number: number, entry: PackageEntry): void {
    this.#placeBefore = withRoom(this.#placeBefore, (number + 1) * 2);
    const { ecosystem, name, version, source } = entry;
    if (ecosystem === null) return;
    this.#noteRelease(ecosystem);
    this.#addPlace(keyOf(ecosystem, name), placeOf(number, false), ecosystem);
    if (source !== null && (source.name !== name || source.version !== version))
      this.#addPlace(keyOf(ecosystem, source.name), placeOf(number, true), ecosystem);
  }

  /**
   * Every package under that name whose version lies in one of the intervals, or is one of the
   * enumerated ones in the ecosystem's order. Without a release the ecosystem means all of its releases.
   */
  within(
    ecosystem: string,
    name: string,
    intervals: readonly VersionInterval[],
    enumerated: readonly string[],
  ): readonly PackagePlace[] {
    const places: PackagePlace[] = [];
    for (const release of this.#releasesOf(ecosystem)) {
      const key = this.#keys.find(keyOf(release, name));
      if (key < 0) continue;
      const scheme = parseEcosystem(release)?.scheme ?? null;
      const versions = this.#orderedOf(key, scheme);
      const taken = new Set<HeldVersion>();
      // Without an order of its versions, there is only all of them.
      for (const interval of scheme === null ? intervals.filter(isEverything) : intervals)
        for (const version of slice(versions, interval, scheme)) taken.add(version);
      for (const version of enumerated)
        for (const held of slice(versions, exactly(version), scheme)) taken.add(held);
      for (const held of taken) places.push(...held.places);
    }
    return places;
  }

  get bytes(): number {
    const keys = this.#keys.parts().reduce((sum, part) => sum + part.byteLength, 0);
    return keys + this.#lastPlace.byteLength + this.#placeBefore.byteLength;
  }

  /** As it is now, whatever is added later. */
  parts(): readonly Uint8Array[] {
    const ecosystems = [...this.#releases.values()].flatMap((releases) => [...releases]);
    return [
      ...this.#keys.parts(),
      bytesOf(this.#lastPlace, this.#keys.size).slice(),
      bytesOf(this.#placeBefore, this.#packages.size * 2),
      Buffer.from(JSON.stringify(ecosystems)),
    ];
  }

  /** How many parts there are. */
  static readonly width = StringTable.width + 3;

  static fromParts(parts: readonly Uint8Array[], packages: PackageTable): PackageVersions {
    const [lastPlace, placeBefore, ecosystems] = parts.slice(StringTable.width);
    if (lastPlace === undefined || placeBefore === undefined || ecosystems === undefined)
      throw new RangeError(`versions have ${PackageVersions.width} parts`);
    const versions = new PackageVersions(packages);
    versions.#keys = StringTable.fromParts(parts.slice(0, StringTable.width));
    versions.#lastPlace = columnFrom(Int32Array, lastPlace);
    versions.#placeBefore = columnFrom(Int32Array, placeBefore);
    // Written by `parts` above.
    for (const ecosystem of JSON.parse(Buffer.from(ecosystems).toString()) as readonly string[])
      versions.#noteRelease(ecosystem);
    return versions;
  }

  #noteRelease(ecosystem: string): void {
    const name = nameOf(ecosystem);
    const releases = this.#releases.get(name);
    if (releases === undefined) this.#releases.set(name, new Set([ecosystem]));
    else releases.add(ecosystem);
  }

  #releasesOf(ecosystem: string): Iterable<string> {
    const name = nameOf(ecosystem);
    return name === ecosystem ? (this.#releases.get(name) ?? []) : [ecosystem];
  }

  #addPlace(name: string, place: PackagePlace, ecosystem: string): void {
    const before = this.#keys.size;
    const key = this.#keys.intern(name);
    this.#lastPlace = withRoom(this.#lastPlace, key + 1);
    this.#placeBefore[place] = key === before ? NONE : (this.#lastPlace[key] ?? NONE);
    this.#lastPlace[key] = place;
    const ordered = this.#ordered.get(key);
    if (ordered !== undefined) this.#insert(ordered, place, parseEcosystem(ecosystem)?.scheme ?? null);
  }

  #orderedOf(key: number, scheme: Scheme | null): readonly HeldVersion[] {
    const known = this.#ordered.get(key);
    if (known !== undefined) return known;
    const byVersion = new Map<string, HeldVersion>();
    let place = this.#lastPlace[key] ?? NONE;
    for (; place !== NONE; place = this.#placeBefore[place] ?? NONE) {
      const version = this.#versionOf(place);
      const held = byVersion.get(version);
      if (held === undefined) byVersion.set(version, { version, places: [place] });
      else held.places.push(place);
    }
    const ordered = [...byVersion.values()].toSorted((a, b) => order(scheme, a.version, b.version));
    this.#ordered.set(key, ordered);
    return ordered;
  }

  #insert(ordered: HeldVersion[], place: PackagePlace, scheme: Scheme | null): void {
    const version = this.#versionOf(place);
    let at = firstIndex(ordered, (held) => order(scheme, held.version, version) >= 0);
    // Of versions that are the same in order, each spelling has an entry of its own.
    for (; at < ordered.length && order(scheme, ordered[at]?.version ?? '', version) === 0; at++) {
      if (ordered[at]?.version !== version) continue;
      ordered[at]?.places.push(place);
      return;
    }
    ordered.splice(at, 0, { version, places: [place] });
  }

  #versionOf(place: PackagePlace): string {
    return this.#packages.versionAt(place >> 1, place % 2 === 1);
  }
}

/** `Debian` of `Debian:12`, also where nobody knows what that is. */
function nameOf(ecosystem: string): string {
  return ecosystem.split(':', 1)[0] ?? ecosystem;
}

function keyOf(ecosystem: string, name: string): string {
  return `${ecosystem}\n${name.toLowerCase()}`;
}

/** Without a scheme nothing is known but whether two versions are spelled alike. */
function order(scheme: Scheme | null, left: string, right: string): number {
  if (scheme !== null) return compareVersions(scheme, left, right);
  return left === right ? 0 : left < right ? -1 : 1;
}

function exactly(version: string): VersionInterval {
  return { from: version, fromInclusive: true, to: version, toInclusive: true };
}

function isEverything({ from, to }: VersionInterval): boolean {
  return from === null && to === null;
}

function slice(
  versions: readonly HeldVersion[],
  interval: VersionInterval,
  scheme: Scheme | null,
): readonly HeldVersion[] {
  const { from, fromInclusive, to, toInclusive } = interval;
  const isFrom = ({ version }: HeldVersion): boolean =>
    from === null || order(scheme, version, from) >= (fromInclusive ? 0 : 1);
  const isAfter = ({ version }: HeldVersion): boolean =>
    to !== null && order(scheme, version, to) >= (toInclusive ? 1 : 0);
  // In a ring there is no half in which a version has to be.
  if (!isSorted(versions, interval, scheme)) return versions.filter((held) => isFrom(held) && !isAfter(held));
  const begin = firstIndex(versions, isFrom);
  return versions.slice(begin, Math.max(begin, firstIndex(versions, isAfter)));
}

function isSorted(
  versions: readonly HeldVersion[],
  { from, to }: VersionInterval,
  scheme: Scheme | null,
): boolean {
  if (scheme !== 'maven') return true;
  const isInRow = (version: string | null): boolean => version === null || isOrdered(scheme, version);
  return isInRow(from) && isInRow(to) && versions.every(({ version }) => isInRow(version));
}

/** Of a list in which `holds` is false up to some member and true from there on. */
function firstIndex<T>(list: readonly T[], holds: (member: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // Between 0 and the length.
    if (holds(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
