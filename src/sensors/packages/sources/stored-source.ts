import type { ImageContent, ImageContentSource, LayerContent, WantedImage } from '../../image-content.ts';
import { formatImageReference, parseImageReference } from '../../image-reference.ts';
import { SensorError } from '../../sensor-error.ts';
import type { BlobStore } from './blob-store.ts';
import { directoryStore } from './directory-store.ts';
import { DOCUMENT_BYTES_MAX, digestOf, storedImages, type StoredImage } from './stored-images.ts';
import { tarStore } from './tar-store.ts';

/** A source that can also tell what it has. */
export interface StoredImageSource extends ImageContentSource {
  /** Each with its config digest, the names it was stored under, and the digests of its manifest and indexes. */
  images(): Promise<readonly WantedImage[]>;
}

/** An OCI image layout: a directory with `index.json` and `blobs/`. */
export function createLayoutSource(directory: string): StoredImageSource {
  return storedSource('layout', () => Promise.resolve(directoryStore(directory)));
}

/** A tar archive of an OCI layout, or as `docker save` and `podman save` write it. */
export function createArchiveSource(path: string): StoredImageSource {
  return storedSource('archive', async () => {
    const store = await tarStore(path);
    if (store === null) throw new SensorError('not-found', `there is no archive ${path}`);
    return store;
  });
}

function storedSource(id: string, openStore: () => Promise<BlobStore>): StoredImageSource {
  return {
    id,
    async images() {
      const store = await openStore();
      try {
        return await storedImages(store);
      } finally {
        await store.close();
      }
    },
    async open(wanted) {
      const store = await openStore();
      try {
        const image = (await storedImages(store)).find((one) => isWanted(one, wanted));
        if (image !== undefined) return new StoredContent(store, image);
      } catch (error) {
        await store.close();
        throw error;
      }
      await store.close();
      return null;
    },
  };
}

/** By its digests; by a name only where no digest is known, because names move. */
function isWanted(image: StoredImage, wanted: WantedImage): boolean {
  if (wanted.id !== null) return image.id === wanted.id;
  if (wanted.digests.length > 0) return wanted.digests.some((digest) => image.digests.includes(digest));
  const names = wanted.names.map(wholeName);
  return image.names.some((name) => names.includes(wholeName(name)));
}

/** In full, where it is a name that a registry could have. */
function wholeName(name: string): string {
  const reference = parseImageReference(name);
  return reference === null ? name : formatImageReference(reference);
}

class StoredContent implements ImageContent {
  readonly #store: BlobStore;
  readonly #image: StoredImage;

  constructor(store: BlobStore, image: StoredImage) {
    this.#store = store;
    this.#image = image;
  }

  async *layers(skip: (name: string) => boolean): AsyncIterable<LayerContent> {
    for (const name of new Set(this.#image.layers)) {
      if (skip(name)) continue;
      const bytes = await this.#store.open(name);
      if (bytes === null) throw new SensorError('not-found', `the layer ${name} is not there`);
      try {
        yield { name, bytes };
      } finally {
        bytes.destroy();
      }
    }
  }

  async config(): Promise<Uint8Array> {
    const bytes = await this.#store.read(this.#image.config, DOCUMENT_BYTES_MAX);
    if (bytes === null) throw new SensorError('not-found', 'the config of the image is not there');
    if (digestOf(bytes) !== this.#image.id) {
      throw new SensorError('invalid-input', 'the config of the image is not what its digest says');
    }
    return bytes;
  }

  manifestDigest(): string | null {
    return this.#image.manifestDigest;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
