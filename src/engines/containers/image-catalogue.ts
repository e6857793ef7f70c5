import { allowedLabels, type ImageData, type Instant, type Observation } from '#model';
import type { ImageContent, ImageSummary } from './wire.ts';

export interface ImageSources {
  readonly list: () => Promise<readonly ImageSummary[]>;
  /** Null when the image has gone since it was listed. */
  readonly content: (id: string) => Promise<ImageContent | null>;
  /** Names of labels that may be recorded beyond the built-in ones. */
  readonly labels: () => ReadonlySet<string>;
}

/** The engine's images, compared with what was said of them before. */
export class ImageCatalogue {
  readonly #sources: ImageSources;
  /** What an image holds never changes, so it is asked for once. */
  readonly #contents = new Map<string, Promise<ImageContent | null>>();
  #known: ReadonlyMap<string, ImageData> = new Map();
  #names: ReadonlyMap<string, string> = new Map();

  constructor(sources: ImageSources) {
    this.#sources = sources;
  }

  /** The image that has this name now. */
  idOf(name: string): string | null {
    return this.#names.get(name) ?? null;
  }

  /** Every image that there is, and the end of those that are gone since the last look. */
  async all(at: Instant): Promise<readonly Observation[]> {
    return this.#look(at, () => true);
  }

  /** What is otherwise since the last look. */
  async changes(at: Instant): Promise<readonly Observation[]> {
    return this.#look(at, (before, now) => JSON.stringify(before) !== JSON.stringify(now));
  }

  async #look(
    at: Instant,
    worthSaying: (before: ImageData | undefined, now: ImageData) => boolean,
  ): Promise<readonly Observation[]> {
    const summaries = await this.#sources.list();
    const described = await Promise.all(summaries.map((summary) => this.#describe(summary)));
    const images = described.filter((image) => image !== null);
    const before = this.#known;
    this.#known = new Map(images);
    this.#names = new Map(images.flatMap(([id, data]) => data.names.map((name) => [name, id] as const)));
    const ended = [...before.keys()].filter((id) => !this.#known.has(id));
    for (const id of ended) this.#contents.delete(id);
    const told = images.filter(([id, data]) => worthSaying(before.get(id), data));
    return [
      ...told.map(([id, data]): Observation => {
        const since = before.has(id) ? at : Math.min(data.created ?? at, at);
        return { kind: 'assert', subject: { kind: 'image', id }, data, validFrom: since };
      }),
      ...ended.map((id): Observation => ({ kind: 'end', subject: { kind: 'image', id }, validFrom: at })),
    ];
  }

  async #describe(summary: ImageSummary): Promise<readonly [string, ImageData] | null> {
    let content = this.#contents.get(summary.id);
    if (content === undefined) {
      content = this.#sources.content(summary.id);
      this.#contents.set(summary.id, content);
      content.catch(() => this.#contents.delete(summary.id));
    }
    const found = await content;
    if (found === null) return null;
    const { diffIds, created, platform } = found;
    const data: ImageData = {
      names: summary.names.toSorted(),
      digests: summary.digests.toSorted(),
      diffIds,
      labels: allowedLabels(summary.labels, this.#sources.labels()),
      sizeBytes: summary.sizeBytes,
      created,
      platform,
    };
    return [summary.id, data];
  }
}
