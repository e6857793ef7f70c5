import type { RunningInstance, RunningInstances } from '../questions.ts';
import { ImageInstances } from './image-instances.ts';

/**
 * Which instances run which images now, kept up with what begins and ends. What an instance is
 * called is looked up when somebody asks: after a declaration that may be anything for all of them.
 */
export class RunningNow {
  readonly #instances: RunningInstances;
  readonly #known = new Map<string, Known>();
  readonly #byImage = new Map<string, Set<string>>();
  /** Of which nobody knows what they are made from. */
  readonly #withoutImage = new Set<string>();
  /** Put together when somebody asks for an image. */
  readonly #instancesOf = new Map<string, { readonly names: number; readonly running: ImageInstances }>();
  /** Told of, and not taken up yet. */
  readonly #news = new Set<string>();
  readonly #changed: RunningListeners['changed'];
  #names = 0;
  readonly #stopWatching: () => void;

  constructor(instances: RunningInstances, listeners: RunningListeners = SILENT) {
    this.#instances = instances;
    this.#changed = listeners.changed;
    for (const instance of instances.at(null)) this.#put(instance);
    this.#stopWatching = instances.watch((id) => {
      if (id === null) this.#names++;
      else this.#news.add(id);
      listeners.woken();
    });
  }

  /**
   * Takes up what was told of since the last time. Everybody who asks does it; what comes at once,
   * such as an engine's first look, is looked up once, and not while it is being written.
   */
  settle(): void {
    for (const id of this.#news) {
      this.#news.delete(id);
      this.#follow(id);
    }
  }

  get count(): number {
    this.settle();
    return this.#known.size;
  }

  one(id: string): RunningInstance | null {
    this.settle();
    const known = this.#known.get(id);
    if (known === undefined) return null;
    if (known.names === this.#names) return known.instance;
    const instance = this.#instances.one(id) ?? known.instance;
    this.#known.set(id, { instance, names: this.#names });
    return instance;
  }

  ids(): Iterable<string> {
    this.settle();
    return this.#known.keys();
  }

  /** Config digests of all that run. */
  images(): Iterable<string> {
    this.settle();
    return this.#byImage.keys();
  }

  ofImage(image: string): ReadonlySet<string> {
    this.settle();
    return this.#byImage.get(image) ?? NOBODY;
  }

  /** Null: none runs it. */
  instancesOf(image: string): ImageInstances | null {
    this.settle();
    const known = this.#instancesOf.get(image);
    if (known?.names === this.#names) return known.running;
    const ids = this.#byImage.get(image);
    if (ids === undefined) return null;
    const running = new ImageInstances([...ids].flatMap((id) => this.one(id) ?? []));
    this.#instancesOf.set(image, { names: this.#names, running });
    return running;
  }

  /** As its instances were started from it. */
  namesOf(image: string): ReadonlySet<string> {
    const names = new Set<string>();
    for (const id of this.ofImage(image)) {
      for (const reference of this.#known.get(id)?.instance.images ?? [])
        if (reference.id === image && !reference.name.startsWith('sha256:')) names.add(reference.name);
    }
    return names;
  }

  /** Instances of bare processes, and those whose engine did not say. */
  withoutImage(): ReadonlySet<string> {
    this.settle();
    return this.#withoutImage;
  }

  stop(): void {
    this.#stopWatching();
  }

  #follow(id: string): void {
    const before = this.#known.get(id)?.instance;
    const now = this.#instances.one(id);
    if (before !== undefined) this.#remove(before);
    if (now !== null) this.#put(now);
    const [was, is] = [imagesOf(before), imagesOf(now)];
    // An instance that was started again may have other files than before.
    if (now?.since !== before?.since || was.join() !== is.join())
      this.#changed([...new Set([...was, ...is])]);
  }

  #put(instance: RunningInstance): void {
    this.#known.set(instance.id, { instance, names: this.#names });
    if (hasUnknownImage(instance)) this.#withoutImage.add(instance.id);
    for (const image of imagesOf(instance)) {
      this.#instancesOf.delete(image);
      const ids = this.#byImage.get(image);
      if (ids === undefined) this.#byImage.set(image, new Set([instance.id]));
      else ids.add(instance.id);
    }
  }

  #remove(instance: RunningInstance): void {
    this.#known.delete(instance.id);
    this.#withoutImage.delete(instance.id);
    for (const image of imagesOf(instance)) {
      this.#instancesOf.delete(image);
      const ids = this.#byImage.get(image);
      ids?.delete(instance.id);
      if (ids?.size === 0) this.#byImage.delete(image);
    }
  }
}

interface RunningListeners {
  /** Something began, ended or changed: {@link RunningNow.settle} takes it up. */
  readonly woken: () => void;
  /** An instance began, ended or changed, with the images that it runs, or ran. */
  readonly changed: (images: readonly string[]) => void;
}

const SILENT: RunningListeners = { woken: () => undefined, changed: () => undefined };

interface Known {
  readonly instance: RunningInstance;
  /** When its names were looked up. */
  readonly names: number;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Whether nobody knows, or not wholly, what it is made from. */
export function hasUnknownImage({ images }: RunningInstance): boolean {
  return images.length === 0 || images.some(({ id }) => id === null);
}

/** Config digests, each once. */
export function imagesOf(instance: RunningInstance | null | undefined): readonly string[] {
  return [...new Set((instance?.images ?? []).flatMap(({ id }) => id ?? []))];
}
