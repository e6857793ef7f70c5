import type { Package, VersionInterval } from '#model';
import { NONE } from '../fact-columns.ts';
import { withRoom } from '../columns.ts';
import { Memberships } from './memberships.ts';
import { type PackageEntry, PackageTable } from './package-table.ts';
import { PackageVersions } from './package-versions.ts';
import { NO_LAYER, RunTable } from './run-table.ts';

/** Packages that are asked for: those of one advisory's `affected` entry, or of `name@range`. */
export interface PackageQuestion {
  /** Exactly as lists have it, `Debian:12`; without a release (`Debian`, `npm`) all of its releases are meant. */
  readonly ecosystem: string;
  /** Of the package or of its source package. */
  readonly name: string;
  readonly intervals: readonly VersionInterval[];
  /** Versions that match by themselves, in whatever spelling the ecosystem holds to be the same. */
  readonly enumerated: readonly string[];
}

/** Who holds what was asked for; valid until the index changes. */
export interface PackageHolders {
  /** Config digests, each once. */
  readonly images: readonly string[];
  /** What each list says: worked out when it is walked through, because it can be long. */
  entries(): Iterable<HeldPackage>;
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
  readonly #packages = new PackageTable();
  readonly #versions = new PackageVersions(this.#packages);
  #runs = new RunTable();
  #memberships = new Memberships();
  readonly #lists: (List | null)[] = [];
  readonly #freeLists: number[] = [];
  readonly #listNumbers = new Map<string, number>();
  readonly #images: string[] = [];
  readonly #imageNumbers = new Map<string, number>();
  readonly #listsOfImage = new Map<number, readonly number[]>();
  /** By image the last question that found it. */
  #found = new Uint32Array(64);
  #question = 0;

  /** Takes a list, or takes it anew. */
  setList(list: string, image: string, packages: readonly Package[]): void {
    const runs = this.#runsOf(packages);
    this.removeList(list);
    const number = this.#freeLists.pop() ?? this.#lists.length;
    const imageNumber = this.#imageNumber(image);
    this.#lists[number] = { id: list, image: imageNumber, runs };
    this.#listNumbers.set(list, number);
    this.#listsOfImage.set(imageNumber, [...(this.#listsOfImage.get(imageNumber) ?? []), number]);
    for (const run of runs) this.#memberships.add(run, number);
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
  imagesHolding({ ecosystem, name, intervals, enumerated }: PackageQuestion): PackageHolders {
    const places = this.#versions.within(ecosystem, name, intervals, enumerated);
    const visited = new Set<number>();
    const images: string[] = [];
    const question = this.#nextQuestion();
    const visit = (run: number): void => {
      if (visited.has(run)) return;
      visited.add(run);
      this.#memberships.each(run, (list) => {
        const image = this.#lists[list]?.image ?? 0;
        if (this.#found[image] === question) return;
        this.#found[image] = question;
        images.push(this.#images[image] ?? '');
      });
    };
    for (const place of places) this.#runs.postings.each(place >> 1, visit);
    return { images, entries: () => this.#entriesOf(places) };
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

  #runsOf(packages: readonly Package[]): readonly number[] {
    // Layer and number in one number sort as fast as numbers do.
    const keys = Float64Array.from(packages, (entry) => {
      const before = this.#packages.size;
      const number = this.#packages.intern(entry);
      if (number === before) this.#versions.add(number, entry);
      return ((entry.layer ?? NO_LAYER) + 1) * LAYER + number;
    }).sort();
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
    this.#question = (this.#question + 1) >>> 0;
    if (this.#question !== 0) return this.#question;
    this.#found.fill(0);
    return ++this.#question;
  }

  *#entriesOf(places: readonly number[]): Generator<HeldPackage> {
    const seen = new Set<number>();
    // By name first: their numbers are even.
    for (const place of [...places].sort((left, right) => (left % 2) - (right % 2))) {
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
