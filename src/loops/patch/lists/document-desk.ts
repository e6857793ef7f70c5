import { SheerError } from '#model';
import type { SyncDesk } from '../advisories/sync-desk.ts';
import type { ImageReaders } from '../image-readers.ts';
import { PatchError } from '../patch-error.ts';
import type { PatchView } from '../view.ts';

export interface DocumentDeskOptions {
  readonly view: PatchView;
  readonly readers: ImageReaders;
  readonly sync: SyncDesk;
}

/** Takes documents of others: lists of packages and statements about vulnerabilities. */
export class DocumentDesk {
  readonly #options: DocumentDeskOptions;

  constructor(options: DocumentDeskOptions) {
    this.#options = options;
  }

  /**
   * @param place `file:NAME`, `referrer`
   * @throws PatchError `invalid-input`: it is about no image that is known
   */
  async add(
    place: string,
    bytes: Uint8Array,
    actor: string,
  ): Promise<{ readonly kind: string; readonly id: string }> {
    const { view, readers, sync } = this.#options;
    const document = await readers.readDocument(bytes);
    if (document.kind === 'openvex') {
      sync.takeStatements(document.statements, actor, [document.edition]);
      return { kind: document.kind, id: document.id };
    }
    const [image] = document.about.flatMap((reference) => view.images.named(reference));
    if (image === undefined) {
      const about = document.about.slice(0, 5).join(', ') || 'nothing that it names';
      throw new PatchError('invalid-input', `${place} is about no image that is known (${about})`, {
        next: 'sheer images',
      });
    }
    const { kind, tool, list } = document;
    view.lists.add({ image, origin: kind, from: place, tool }, { ...list, image }, actor);
    return { kind, id: image };
  }

  /** What lies beside an image in the places that it can be found in; what could not be read is told. */
  async addAttached(image: string, signal: AbortSignal): Promise<readonly string[]> {
    const { view, readers } = this.#options;
    const wanted = view.reader.wanted(image);
    const problems: string[] = [];
    const telling = async (place: string, work: Promise<void>): Promise<void> => {
      await work.catch((error: unknown) => {
        if (!(error instanceof SheerError)) throw error;
        problems.push(`${place}: ${error.message}`);
      });
    };
    for (const { source, documents } of readers.places) {
      if (documents === undefined) continue;
      const addAll = async (): Promise<void> => {
        for (const { digest, bytes } of await documents(wanted, signal))
          await telling(`the document ${digest}`, this.#addAttached(image, bytes));
      };
      await telling(source.id, addAll());
    }
    return problems;
  }

  /** Found beside an image, it is about that one, whatever it says itself. */
  async #addAttached(image: string, bytes: Uint8Array): Promise<void> {
    const { view, readers, sync } = this.#options;
    const document = await readers.readDocument(bytes);
    if (document.kind === 'openvex') {
      sync.takeStatements(document.statements, 'referrer', [document.edition]);
      return;
    }
    const { kind, tool, list } = document;
    view.lists.add({ image, origin: kind, from: 'referrer', tool }, { ...list, image });
  }
}
