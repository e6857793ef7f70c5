import { SheerError, type Clock } from '#model';
import { lastStatement, type Graph } from '#graph';
import type { WantedImage } from '#sensors';
import { isDueAgain, oneMore, type Attempts, type Waits } from '../attempts.ts';
import type { ImageReaders } from '../image-readers.ts';
import type { RunningNow } from '../running/running-now.ts';
import type { LayerScans } from './layer-scans.ts';
import type { ListBook } from './list-book.ts';
import { readImage } from './read-image.ts';

/**
 * What failed is tried again soon, because at the end of a pull podman has an image shortly before it
 * can send it; then after twice as long, up to an hour.
 */
const RETRY: Waits = { first: 2000, most: 3_600_000 };

export interface ListReaderOptions {
  readonly graph: Graph;
  readonly readers: ImageReaders;
  readonly scans: LayerScans;
  readonly lists: ListBook;
  readonly running: RunningNow;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface Failure {
  readonly reason: string;
  readonly attempts: Attempts;
}

/** Reads what images hold: all that run, then all that are known, one at a time; at once where somebody asks. */
export class ListReader {
  readonly #options: ListReaderOptions;
  /** Images that are to be read; those that run are looked for first. */
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, Failure>();
  /** Names that somebody asked for and no engine has, by the image that they were read as. */
  readonly #asked = new Map<string, string>();
  /** Under way, so that two who want the same wait for one. */
  readonly #reading = new Map<string, Promise<void>>();

  constructor(options: ListReaderOptions) {
    this.#options = options;
  }

  /** Why an image's packages are not known; null: they are. */
  missing(image: string): string | null {
    const reason = this.#options.lists.missing(image);
    return reason === null ? null : (this.#failures.get(image)?.reason ?? reason);
  }

  /** Notes that the image is there; it is read when its turn comes. */
  want(image: string): void {
    if (!this.#options.lists.has(image)) this.#waiting.add(image);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Reads the next one; false: there is nothing to do for now. */
  async readNext(): Promise<boolean> {
    const image = this.#next();
    if (image === null) return false;
    await this.read(image, { asked: false }).catch((error: unknown) => {
      if (!(error instanceof SheerError)) throw error;
    });
    return true;
  }

  /**
   * @param asked by a person: places outside of this machine are looked in too
   * @throws SheerError with why it could not be read
   */
  async read(image: string, { asked }: { readonly asked: boolean }): Promise<void> {
    const key = `${image} ${asked}`;
    const under = this.#reading.get(key);
    if (under !== undefined) return under;
    const reading = this.#read(image, asked).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  /**
   * An image that no engine has, from wherever it lies. Looked up each time, because a name may be another
   * image's by then; its layers are read once.
   *
   * @returns its config digest
   * @throws SheerError with why it could not be read
   */
  async readNamed(name: string): Promise<string> {
    const { readers, scans, lists, signal } = this.#options;
    const wanted = { id: null, names: [name], digests: [], diffIds: [] };
    const { image, from, list } = await readImage(wanted, { readers, scans, places: readers.places, signal });
    this.#asked.set(image, name);
    if (!lists.has(image)) lists.add({ image, origin: 'read', from, tool: null }, list);
    return image;
  }

  async #read(image: string, asked: boolean): Promise<void> {
    const { readers, scans, lists, signal } = this.#options;
    this.#waiting.delete(image);
    const places = readers.places.filter(({ background }) => asked || background);
    try {
      const read = await readImage(this.wanted(image), { readers, scans, places, signal });
      lists.add({ image: read.image, origin: 'read', from: read.from, tool: null }, read.list);
      this.#failures.delete(image);
    } catch (error) {
      if (!signal.aborted) this.#fail(image, error);
      throw error;
    }
  }

  /** What is known of an image that is to be found; also of one that the engine has removed. */
  wanted(image: string): WantedImage & { readonly diffIds: readonly string[] } {
    const { graph, running } = this.#options;
    const subject = graph.facts.subject('image', image);
    const data = subject < 0 ? null : (lastStatement<'image'>(graph.facts, subject)?.data ?? null);
    const names = new Set([...(data?.names ?? []), ...running.namesOf(image)]);
    const asked = this.#asked.get(image);
    if (asked !== undefined) names.add(asked);
    return { id: image, names: [...names], digests: data?.digests ?? [], diffIds: data?.diffIds ?? [] };
  }

  #next(): string | null {
    const now = this.#options.clock();
    const isDue = (image: string): boolean => {
      const failure = this.#failures.get(image);
      return failure === undefined || isDueAgain(failure.attempts, RETRY, now);
    };
    let other: string | null = null;
    for (const image of this.#waiting) {
      if (this.#options.lists.has(image)) {
        this.#waiting.delete(image);
        continue;
      }
      if (!isDue(image)) continue;
      if (this.#options.running.ofImage(image).size > 0) return image;
      other ??= image;
    }
    return other;
  }

  #fail(image: string, error: unknown): void {
    const attempts = oneMore(this.#failures.get(image)?.attempts, this.#options.clock());
    const reason = error instanceof Error ? error.message : String(error);
    this.#failures.set(image, { reason, attempts });
    this.#waiting.add(image);
  }
}
