import { Readable } from 'node:stream';
import { compressionOf } from '../../compression.ts';
import type { ImageContent, LayerContent, WantedImage } from '../../image-content.ts';
import { SensorError } from '../../sensor-error.ts';
import { layerPath } from '../layers/layer-path.ts';
import { DOCUMENT_BYTES_MAX, digestOf, storedImages, type StoredImage } from '../sources/stored-images.ts';
import { archiveEvents, type ArchiveEvent } from './archive-events.ts';

/** A header of tar tells its kind by then. */
const LOOK_BYTES = 512;

/** All manifests and configs of one image, with every platform of its index. */
const DOCUMENTS_BYTES_MAX = 64 * 1024 * 1024;

/**
 * One image in an archive that is read as it comes. Which of its files are layers is told by their first
 * bytes, because docker's list comes last; everything else that is small is kept until then.
 */
export class StreamedImage implements ImageContent {
  readonly #archive: Readable;
  readonly #wanted: WantedImage;
  readonly #events: AsyncGenerator<ArchiveEvent, void>;
  readonly #documents = new Map<string, Buffer>();
  #documentBytes = 0;
  #image: StoredImage | null = null;

  constructor(archive: Readable, wanted: WantedImage) {
    this.#archive = archive;
    this.#wanted = wanted;
    this.#events = archiveEvents(archive);
  }

  async *layers(skip: (name: string) => boolean): AsyncIterable<LayerContent> {
    for (let event = await this.#next(); event !== null; event = await this.#next()) {
      if (event.kind !== 'file') continue;
      const { name } = event;
      const begin = await this.#lookInto();
      if (!isLayer(begin.bytes)) await this.#keep(name, event.size, begin);
      else if (!skip(name)) {
        const bytes = Readable.from(this.#content(begin), { objectMode: false });
        try {
          yield { name, bytes };
        } finally {
          bytes.destroy();
        }
      }
      // What nobody wanted passes by, up to the next file.
    }
    this.#image = await this.#choose();
  }

  async config(): Promise<Uint8Array> {
    const image = this.#image ?? (await this.#readRest());
    const bytes = this.#documents.get(layerPath(image.config) ?? '');
    if (bytes === undefined) throw new SensorError('invalid-input', 'the config of the image is not there');
    if (digestOf(bytes) !== image.id) {
      throw new SensorError('invalid-input', 'the config of the image is not what its digest says');
    }
    return bytes;
  }

  manifestDigest(): string | null {
    return this.#image?.manifestDigest ?? null;
  }

  async close(): Promise<void> {
    this.#archive.destroy();
    await this.#events.return();
  }

  async #next(): Promise<ArchiveEvent | null> {
    const next = await this.#events.next();
    return next.done === true ? null : next.value;
  }

  /** The first bytes of the file that has begun; the whole of a short one. */
  async #lookInto(): Promise<Begin> {
    const pieces: Buffer[] = [];
    let length = 0;
    while (length < LOOK_BYTES) {
      const event = await this.#next();
      if (event?.kind !== 'bytes') return { bytes: Buffer.concat(pieces), whole: true };
      pieces.push(event.bytes);
      length += event.bytes.length;
    }
    return { bytes: Buffer.concat(pieces), whole: false };
  }

  async *#content({ bytes, whole }: Begin): AsyncGenerator<Buffer, void> {
    yield bytes;
    if (whole) return;
    for (let event = await this.#next(); event?.kind === 'bytes'; event = await this.#next()) {
      yield event.bytes;
    }
  }

  /** Too large for a document is not one that anything here could use. */
  async #keep(name: string, size: number, begin: Begin): Promise<void> {
    const path = layerPath(name);
    if (path === null || size > DOCUMENT_BYTES_MAX) return;
    this.#documentBytes += size;
    if (this.#documentBytes > DOCUMENTS_BYTES_MAX) {
      throw new SensorError('too-large', 'an archive of one image has more than 64 MB of documents');
    }
    const pieces: Buffer[] = [];
    for await (const piece of this.#content(begin)) pieces.push(piece);
    this.#documents.set(path, Buffer.concat(pieces));
  }

  async #readRest(): Promise<StoredImage> {
    for await (const { bytes } of this.layers(() => true)) bytes.destroy();
    return this.#image ?? (await this.#choose());
  }

  async #choose(): Promise<StoredImage> {
    const images = await storedImages({
      read: (name) => Promise.resolve(this.#documents.get(layerPath(name) ?? '') ?? null),
      open: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    });
    const { id, digests } = this.#wanted;
    // Docker's newer store calls an image by the digest of its manifest or index.
    const known = new Set([...digests, ...(id === null ? [] : [id])]);
    const image =
      images.find((each) => each.id === id) ??
      images.find((each) => each.digests.some((digest) => known.has(digest)));
    if (image !== undefined) return image;
    throw new SensorError('invalid-input', 'the engine sent another image than it was asked for', {
      remedy: 'retry',
    });
  }
}

interface Begin {
  readonly bytes: Buffer;
  /** There is no more of it. */
  readonly whole: boolean;
}

/** A tar archive, plain or compressed; documents are JSON or short words. */
function isLayer(begin: Buffer): boolean {
  if (begin.length < 4) return false;
  // A header's name is filled up with zeros, as is an archive without a file; JSON has none.
  return compressionOf(begin) !== null || begin.subarray(0, LOOK_BYTES).includes(0);
}
