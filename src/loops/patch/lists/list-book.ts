import { packageListId, type Instant, type Package, type PackageList, type PackageListData } from '#model';
import type { Graph, PackageIndex, Statement } from '#graph';
import type { Store } from '#store';
import { canonicalPackage } from '../matching/canonical-name.ts';
import type { PatchRecord } from '../record.ts';
import { emptyIndex, saveIndex, savedIndex, type FedIndex } from './index-snapshot.ts';
import { getJson, putJson } from './stored-list.ts';
import { unspoken } from './unspoken.ts';

/** How long the rebuilding of the index holds up everything else, in one go. */
const SLICE_MS = 8;

/** The index is saved after so many lists: reading them again takes a second. */
const SAVE_EVERY_LISTS = 1000;
/** But not before it has changed by this share: of 50,000 lists it is 218 MB. */
const SAVE_GROWTH = 0.05;

export interface ListBookOptions {
  readonly store: Store;
  readonly graph: Graph;
  readonly record: PatchRecord;
  /** An image's packages are known, or known otherwise than before. */
  readonly changed: (image: string) => void;
  readonly failed: (message: string, error: unknown) => void;
}

/** A list as it is known of an image. */
export interface KnownList {
  readonly id: string;
  readonly data: PackageListData;
  readonly at: Instant;
}

/**
 * Every package list: a fact each, its content beside the streams, and what answers rest on in the
 * index. Of an image's lists one is used: our own reading, or else the newest of somebody else's.
 */
export class ListBook {
  readonly #options: ListBookOptions;
  #fed: FedIndex = emptyIndex();
  /** What could not be loaded: why, by image. */
  readonly #broken = new Map<string, string>();
  /** Lists that came or went since the index was saved. */
  #unsaved = 0;
  #saving: Promise<void> | null = null;
  #left = 0;
  #restored = false;

  constructor(options: ListBookOptions) {
    this.#options = options;
  }

  get index(): PackageIndex {
    return this.#fed.index;
  }

  /** Ecosystems as the lists spell them, with their releases: there are some tens. */
  get ecosystems(): ReadonlySet<string> {
    return this.#fed.ecosystems;
  }

  /** Null once everything that the streams tell of is in the index. */
  get restoring(): { readonly left: number } | null {
    return this.#restored ? null : { left: this.#left };
  }

  /** The index as it was saved, and what is recorded since; other work goes on beside it. */
  async restore(signal: AbortSignal): Promise<void> {
    const { store, graph } = this.#options;
    this.#fed = savedIndex(store);
    const images = new Set(this.#fed.used.keys());
    for (const { data } of graph.all('package-list')) images.add(data.image);
    this.#left = images.size;
    let until = performance.now() + SLICE_MS;
    for (const image of images) {
      this.follow(image);
      this.#left--;
      if (performance.now() < until) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      until = performance.now() + SLICE_MS;
    }
    this.#restored = true;
    this.#saveWhenGrown();
  }

  /** Saves what is not saved yet. */
  async stop(): Promise<void> {
    await this.#saving;
    if (this.#unsaved > 0) await this.#save();
  }

  has(image: string): boolean {
    return this.#fed.used.has(image);
  }

  /** Why an image's packages are not, or not all, known; null: they are, as far as the list goes. */
  missing(image: string): string | null {
    if (!this.#fed.used.has(image)) return this.#broken.get(image) ?? 'not read yet';
    return this.#fed.unreadLayers.get(image) ?? null;
  }

  /** Why no advisory can speak of some of an image's packages; null: one can of all. */
  unspoken(image: string): string | null {
    return this.#fed.unspoken.get(image) ?? null;
  }

  /** What the list that answers rest on says. */
  packagesOf(image: string): readonly Package[] {
    const used = this.#fed.used.get(image);
    return used === undefined ? [] : this.index.packagesOf(used.id);
  }

  /** Whether an image has a package; null: nobody has read that image. */
  holds(image: string, purl: string): boolean | null {
    return this.has(image) ? this.packagesOf(image).some((own) => own.purl === purl) : null;
  }

  /** Every list of the image, the one that answers rest on first. */
  listsOf(image: string): readonly KnownList[] {
    const { graph } = this.#options;
    const lists = (['read', 'cyclonedx', 'spdx'] as const)
      .map((origin) => graph.one('package-list', packageListId(image, origin)))
      .filter((said): said is Statement<'package-list'> => said !== null);
    return lists
      .map(({ id, data, from }) => ({ id, data, at: from }))
      .toSorted((left, right) => Number(isRead(right)) - Number(isRead(left)) || right.at - left.at);
  }

  /**
   * The list itself; null: its content is gone.
   * @throws StoreError `record-broken`
   */
  load(list: KnownList): PackageList | null {
    // Put there by `add`, and held against its digest since.
    return getJson(this.#options.store.content, list.data.content) as PackageList | null;
  }

  /** Takes a list that was read, or that a person or a registry gave. */
  add(
    data: Omit<PackageListData, 'content' | 'packages' | 'unread'>,
    list: PackageList,
    actor: string | null = null,
  ): void {
    const { store, record } = this.#options;
    const content = putJson(store.content, list);
    const said = {
      subject: { kind: 'package-list', id: packageListId(data.image, data.origin) },
      data: { ...data, content, packages: list.packages.length, unread: list.unread.length },
    } as const;
    if (actor === null) record.observe(said);
    else record.declare(actor, said);
    this.follow(data.image);
  }

  /** Puts into the index what the graph says of the image's lists now. */
  follow(image: string): void {
    const best = this.listsOf(image)[0] ?? null;
    const used = this.#fed.used.get(image);
    if (best?.data.content === used?.content && best?.id === used?.id) return;
    if (used !== undefined) this.index.removeList(used.id);
    this.#fed.used.delete(image);
    if (best !== null) this.#load(best);
    this.#unsaved++;
    this.#saveWhenGrown();
    this.#options.changed(image);
  }

  #load(best: KnownList): void {
    const { image } = best.data;
    try {
      const list = this.load(best);
      if (list === null) this.#broken.set(image, 'its list is gone from the state directory');
      else this.#take(best, list);
    } catch (error) {
      this.#broken.set(image, 'its list in the state directory is damaged');
      this.#options.failed('a package list could not be loaded', error);
    }
  }

  #take(known: KnownList, list: PackageList): void {
    const { image } = known.data;
    this.index.setList(known.id, image, list.packages.map(canonicalPackage));
    for (const { ecosystem } of list.packages) if (ecosystem !== null) this.#fed.ecosystems.add(ecosystem);
    this.#fed.used.set(image, { id: known.id, content: known.data.content });
    this.#broken.delete(image);
    const layer = list.unread.find(({ path }) => path === '/');
    if (layer === undefined) this.#fed.unreadLayers.delete(image);
    else this.#fed.unreadLayers.set(image, layer.reason);
    const reason = unspoken(list);
    if (reason === null) this.#fed.unspoken.delete(image);
    else this.#fed.unspoken.set(image, reason);
  }

  #saveWhenGrown(): void {
    if (!this.#restored || this.#saving !== null) return;
    if (this.#unsaved < Math.max(SAVE_EVERY_LISTS, this.#fed.used.size * SAVE_GROWTH)) return;
    this.#saving = this.#save().finally(() => (this.#saving = null));
  }

  async #save(): Promise<void> {
    this.#unsaved = 0;
    try {
      await saveIndex(this.#options.store, this.#fed);
    } catch (error) {
      this.#options.failed('the index of package lists could not be saved; a restart takes longer', error);
    }
  }
}

function isRead({ data }: KnownList): boolean {
  return data.origin === 'read';
}
