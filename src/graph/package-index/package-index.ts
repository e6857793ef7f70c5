import type { Package, VersionInterval } from '#model';
import { NONE } from '../fact-columns.ts';
import { columnFrom, withRoom } from '../columns.ts';
import { Memberships } from './memberships.ts';
import { type PackageEntry, PackageTable } from './package-table.ts';
import { PackageVersions } from './package-versions.ts';
import { NO_LAYER, RunTable } from './run-table.ts';

/** Packages that are asked for: those of one advisory's `affected` entry, or of `name@range`. */
export interface PackageQuestion {
  /** Exactly as lists have it, `Debian:12`; without a release (`Debian`, `npm`) all of its releases are meant. */
  readonly ecosystem: string;
  /** Of the package or of its source package, in any case: `accepts` tells them apart where that matters. */
  readonly name: string;
  readonly intervals: readonly VersionInterval[];
  /** Versions that match by themselves, in whatever spelling the ecosystem holds to be the same. */
  readonly enumerated: readonly string[];
  /** Asked once of each package that was found: what only a look at the whole package can tell. */
  readonly accepts?: (entry: PackageEntry) => boolean;
}

/** Who holds what was asked for; valid until the index changes. */
export interface PackageHolders {
  /** Config digests, each once. */
  readonly images: readonly string[];
  /** What each list says: worked out when it is walked through, because it can be long. */
  entries(): Iterable<HeldPackage>;
  /** The same by layer: what a base brought in is told once for all images above it. */
  runs(): readonly HeldRun[];
}

/** Packages of one layer that many images may have. */
export interface HeldRun {
  readonly layer: number | null;
  readonly packages: readonly PackageEntry[];
  /** Config digests; one that has two lists may be there twice. */
  readonly images: readonly string[];
}

export interface HeldPackage {
  readonly image: string;
  readonly list: string;
  /** The same object for the same package in all lists. */
  readonly package: PackageEntry;
  readonly layer: number | null;
  /** Whose name and version matched; `name` where both did. */
  readonly by: 'name' | 'source';
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface List {
  readonly id: string;
  /** Index into the images. */
  readonly image: number;
  readonly runs: readonly number[];
}

/**
 * Which images hold which packages: the inverted index over all package lists, in typed arrays. A
 * list is held as runs, one for each layer, and equal runs once; so a base's packages are stored
 * once for all images above it, and a question visits each run once. Rebuildable from the lists.
 */
export class PackageIndex {
  #packages = new PackageTable();
  #versions = new PackageVersions(this.#packages);
  #runs = new RunTable();
  #memberships = new Memberships();
  readonly #lists: (List | null)[] = [];
  /** By list, because a question looks at thousands. */
  #imageOfList = new Uint32Array(64);
  readonly #freeLists: number[] = [];
  readonly #listNumbers = new Map<string, number>();
  readonly #images: string[] = [];
  readonly #imageNumbers = new Map<string, number>();
  readonly #listsOfImage = new Map<number, readonly number[]>();
  /** By image and by run the last question that found it. */
  #found = new Uint32Array(64);
  #visited = new Uint32Array(64);
  /** By run its place in the answer, where the last question found it. */
  #foundRun = new Uint32Array(64);
  #question = 0;

  /** For a snapshot: as it is now, whatever changes later; read only, as parts of it are the memory itself. */
  parts(): readonly Uint8Array[] {
    const lists = [...this.#listNumbers.values()].flatMap((number) => this.#lists[number] ?? []);
    const names = lists.map(({ id, image }) => [id, this.#images[image]]);
    const ends = new Uint32Array(lists.length);
    for (const [number, { runs }] of lists.entries()) ends[number] = (ends[number - 1] ?? 0) + runs.length;
    return [
      ...this.#packages.parts(),
      ...this.#versions.parts(),
      ...this.#runs.parts(),
      Buffer.from(JSON.stringify(names)),
      new Uint8Array(ends.buffer),
      new Uint8Array(Uint32Array.from(lists.flatMap(({ runs }) => runs)).buffer),
    ];
  }

  /**
   * From {@link parts} of the same format, nearly as fast as memory is copied: they become the index's.
   * @throws RangeError they are fewer than an index has
   */
  static fromParts(parts: readonly Uint8Array[]): PackageIndex {
    let used = 0;
    const take = (count: number): readonly Uint8Array[] => parts.slice(used, (used += count));
    const index = new PackageIndex();
    index.#packages = PackageTable.fromParts(take(PackageTable.width));
    index.#versions = PackageVersions.fromParts(take(PackageVersions.width), index.#packages);
    index.#runs = RunTable.fromParts(take(RunTable.width), index.#packages.size);
    const [names, ends, runs] = take(3);
    if (names === undefined || ends === undefined || runs === undefined)
      throw new RangeError('a package index has more parts');
    const runsOfLists = columnFrom(Uint32Array, runs);
    const endOf = columnFrom(Uint32Array, ends);
    // Written by `parts` above.
    const lists = JSON.parse(Buffer.from(names).toString()) as readonly (readonly [string, string])[];
    for (const [number, [id, image]] of lists.entries())
      index.#put(id, image, [...runsOfLists.subarray(endOf[number - 1] ?? 0, endOf[number])]);
    return index;
  }

  /** Takes a list, or takes it anew. */
  setList(list: string, image: string, packages: readonly Package[]): void {
    const runs = this.#runsOf(packages);
    this.removeList(list);
    this.#put(list, image, runs);
  }

  /** Nothing, where there is no such list. */
  removeList(list: string): void {
    const number = this.#listNumbers.get(list);
    const known = number === undefined ? null : this.#lists[number];
    if (number === undefined || !known) return;
    for (const run of known.runs) {
      this.#memberships.remove(run, number);
      this.#runs.release(run);
    }
    const left = (this.#listsOfImage.get(known.image) ?? []).filter((other) => other !== number);
    if (left.length === 0) this.#listsOfImage.delete(known.image);
    else this.#listsOfImage.set(known.image, left);
    this.#lists[number] = null;
    this.#listNumbers.delete(list);
    this.#freeLists.push(number);
    if (this.#runs.isWasteful) this.#dropUnusedRuns();
  }

  /** In 10 µs where nothing has that package, and in proportion to the runs and lists that have it. */
  imagesHolding({ ecosystem, name, intervals, enumerated, accepts }: PackageQuestion): PackageHolders {
    const found = this.#versions.within(ecosystem, name, intervals, enumerated);
    const places = accepts === undefined ? found : this.#accepted(found, accepts);
    const images: string[] = [];
    const question = this.#nextQuestion();
    const visit = (run: number): void => {
      if (this.#visited[run] === question) return;
      this.#visited[run] = question;
      this.#memberships.each(run, (list) => {
        const image = this.#imageOfList[list] ?? 0;
        if (this.#found[image] === question) return;
        this.#found[image] = question;
        images.push(this.#images[image] ?? '');
      });
    };
    for (const place of places) this.#runs.postings.each(place >> 1, visit);
    return { images, entries: () => this.#entriesOf(places), runs: () => this.#runsHolding(places) };
  }

  /** What a list says, by layer, base first; within a layer in no particular order. */
  packagesOf(list: string): readonly Package[] {
    const known = this.#lists[this.#listNumbers.get(list) ?? NONE];
    if (!known) return [];
    return known.runs.flatMap((run) => {
      const layer = layerOf(this.#runs.layerOf(run));
      return Array.from(this.#runs.packagesOf(run), (number) => ({ ...this.#packages.at(number), layer }));
    });
  }

  /** Ids of the lists about an image, in the order in which they came. */
  listsOf(image: string): readonly string[] {
    const lists = this.#listsOfImage.get(this.#imageNumbers.get(image) ?? NONE) ?? [];
    return lists.map((list) => this.#lists[list]?.id ?? '');
  }

  /** What is held, and the bytes of the typed arrays; strings and maps of ids take about 400 bytes a list. */
  memory(): {
    readonly lists: number;
    readonly packages: number;
    readonly runs: number;
    readonly postings: number;
    readonly bytes: number;
  } {
    return {
      lists: this.#listNumbers.size,
      packages: this.#packages.size,
      runs: this.#runs.size,
      postings: this.#runs.postings.size,
      bytes: this.#packages.bytes + this.#versions.bytes + this.#runs.bytes + this.#memberships.bytes,
    };
  }

  #put(list: string, image: string, runs: readonly number[]): void {
    const number = this.#freeLists.pop() ?? this.#lists.length;
    const imageNumber = this.#imageNumber(image);
    this.#lists[number] = { id: list, image: imageNumber, runs };
    this.#imageOfList = withRoom(this.#imageOfList, number + 1);
    this.#imageOfList[number] = imageNumber;
    this.#listNumbers.set(list, number);
    this.#listsOfImage.set(imageNumber, [...(this.#listsOfImage.get(imageNumber) ?? []), number]);
    for (const run of runs) this.#memberships.add(run, number);
  }

  #runsOf(packages: readonly Package[]): readonly number[] {
    // Layer and number in one number sort as fast as numbers do.
    const keys = new Float64Array(packages.length);
    for (const [index, entry] of packages.entries()) {
      const before = this.#packages.size;
      const number = this.#packages.intern(entry);
      if (number === before) this.#versions.add(number, entry);
      keys[index] = ((entry.layer ?? NO_LAYER) + 1) * LAYER + number;
    }
    keys.sort();
    const runs: number[] = [];
    let run: number[] = [];
    for (const [index, key] of keys.entries()) {
      if (key !== keys[index - 1]) run.push(key % LAYER);
      const next = keys[index + 1];
      if (next !== undefined && Math.floor(next / LAYER) === Math.floor(key / LAYER)) continue;
      runs.push(this.#runs.acquire(Math.floor(key / LAYER) - 1, Uint32Array.from(run)));
      run = [];
    }
    return runs;
  }

  #imageNumber(image: string): number {
    const known = this.#imageNumbers.get(image);
    if (known !== undefined) return known;
    const number = this.#images.push(image) - 1;
    this.#imageNumbers.set(image, number);
    this.#found = withRoom(this.#found, number + 1);
    return number;
  }

  #nextQuestion(): number {
    this.#visited = withRoom(this.#visited, this.#runs.size);
    this.#foundRun = withRoom(this.#foundRun, this.#runs.size);
    this.#question = (this.#question + 1) >>> 0;
    if (this.#question !== 0) return this.#question;
    this.#found.fill(0);
    this.#visited.fill(0);
    return ++this.#question;
  }

  /** A package that was found under both of its names is looked at once. */
  #accepted(places: readonly number[], accepts: (entry: PackageEntry) => boolean): readonly number[] {
    const verdicts = new Map<number, boolean>();
    return places.filter((place) => {
      const number = place >> 1;
      const known = verdicts.get(number);
      if (known !== undefined) return known;
      const verdict = accepts(this.#packages.at(number));
      verdicts.set(number, verdict);
      return verdict;
    });
  }

  #runsHolding(places: readonly number[]): readonly HeldRun[] {
    const question = this.#nextQuestion();
    const found: Writable<HeldRun>[] = [];
    for (const number of new Set(places.map((place) => place >> 1))) {
      // The same array for all runs that hold nothing else that was asked for.
      const only = [this.#packages.at(number)];
      this.#runs.postings.each(number, (run) => {
        if (!this.#runs.isUsed(run)) return;
        const known = this.#visited[run] === question ? found[this.#foundRun[run] ?? 0] : undefined;
        if (known !== undefined) {
          known.packages = [...known.packages, ...only];
          return;
        }
        this.#visited[run] = question;
        const layer = layerOf(this.#runs.layerOf(run));
        this.#foundRun[run] = found.push({ layer, packages: only, images: this.#imagesOfRun(run) }) - 1;
      });
    }
    return found;
  }

  #imagesOfRun(run: number): readonly string[] {
    const images: string[] = [];
    this.#memberships.each(run, (list) => images.push(this.#images[this.#imageOfList[list] ?? 0] ?? ''));
    return images;
  }

  *#entriesOf(places: readonly number[]): Generator<HeldPackage> {
    const seen = new Set<number>();
    // By name first: their numbers are even.
    for (const place of places.toSorted((left, right) => (left % 2) - (right % 2))) {
      const number = place >> 1;
      if (seen.has(number)) continue;
      seen.add(number);
      const entry = this.#packages.at(number);
      const runs: number[] = [];
      this.#runs.postings.each(number, (run) => runs.push(run));
      for (const run of runs) {
        const layer = layerOf(this.#runs.layerOf(run));
        for (const list of this.#memberships.of(run)) {
          const { id, image } = this.#lists[list] ?? { id: '', image: NONE };
          const by = place % 2 === 0 ? 'name' : 'source';
          yield { image: this.#images[image] ?? '', list: id, package: entry, layer, by };
        }
      }
    }
  }

  #dropUnusedRuns(): void {
    const { runs, renumbered } = this.#runs.withoutUnused();
    this.#runs = runs;
    this.#memberships = new Memberships();
    for (const [number, list] of this.#lists.entries()) {
      if (list === null) continue;
      const renamed = list.runs.map(renumbered);
      this.#lists[number] = { ...list, runs: renamed };
      for (const run of renamed) this.#memberships.add(run, number);
    }
  }
}

/** More than there are packages; with it a layer's index and a package fit into a double's 53 bits. */
const LAYER = 2 ** 32;

function layerOf(layer: number): number | null {
  return layer === NO_LAYER ? null : layer;
}
