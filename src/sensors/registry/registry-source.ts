import { Readable } from 'node:stream';
import type { Clock } from '#model';
import type { ImageContent, ImageContentSource, LayerContent, WantedImage } from '../image-content.ts';
import { SensorError } from '../sensor-error.ts';
import { attachedDocuments, type AttachedDocument } from './attached-documents.ts';
import { CERTIFICATE_DIRECTORIES, certificatesFrom, type CertificateLookup } from './certificates.ts';
import { credentialFiles, credentialsFrom, type CredentialLookup } from './credentials.ts';
import { findImage, type FoundImage } from './find-image.ts';
import type { Platform } from './manifest.ts';
import { platformOf } from './platform.ts';
import { isLoopback, parseImageReference, type ImageReference } from '../image-reference.ts';
import { RegistryClient } from './registry-client.ts';
import { REGISTRY_TIMING, type RegistryTiming } from './timing.ts';

/** Configs of images with a long history take 50 kB. */
const CONFIG_BYTES_MAX = 4 * 1024 * 1024;

export interface RegistrySourceOptions {
  readonly clock: Clock;
  /** From 0 to below 1; spreads retries. */
  readonly random: () => number;
  /** By default what docker's and podman's `login` were told on this machine. */
  readonly credentials?: CredentialLookup;
  /** Registries with which plain HTTP may be spoken; loopback always may. */
  readonly insecure?: readonly string[];
  /** By default where docker and podman look for those of private registries. */
  readonly certificates?: CertificateLookup;
  /** Which image of an index is meant, where nothing else tells; by default this machine's. */
  readonly platform?: Platform;
  readonly timing?: RegistryTiming;
}

export interface RegistrySource extends ImageContentSource {
  /**
   * Lists of packages and statements that somebody attached to the image: referrers, and
   * attestations of its build. Empty where there are none.
   * @throws SensorError
   */
  documents(image: WantedImage, signal: AbortSignal): Promise<readonly AttachedDocument[]>;
}

/** Reads images from the registries that their names tell. Nothing is asked before an image is. */
export function createRegistrySource(options: RegistrySourceOptions): RegistrySource {
  const client = new RegistryClient({
    timing: options.timing ?? REGISTRY_TIMING,
    clock: options.clock,
    random: options.random,
    insecure: options.insecure ?? [],
    certificates: options.certificates ?? certificatesFrom(CERTIFICATE_DIRECTORIES),
    credentials: options.credentials ?? credentialsFrom(credentialFiles(process.env)),
  });
  const platform = options.platform ?? platformOf(process.arch);
  const find = (image: WantedImage, signal: AbortSignal): Promise<FoundImage | null> =>
    firstFound(image, (reference) => findImage({ client, platform, signal }, reference, image));
  return {
    id: 'registry',
    async open(image, signal) {
      const found = await find(image, signal);
      return found === null ? null : new RegistryImage(client, found, signal);
    },
    async documents(image, signal) {
      const found = await find(image, signal);
      return found === null ? [] : attachedDocuments(client, found, signal);
    },
  };
}

/** The first name under which there is one. A registry that fails only matters if no other has it. */
async function firstFound(
  image: WantedImage,
  find: (reference: ImageReference) => Promise<FoundImage | null>,
): Promise<FoundImage | null> {
  let failure: SensorError | null = null;
  for (const name of image.names) {
    const reference = parseImageReference(name);
    if (reference === null || isEngineOwn(reference)) continue;
    try {
      const found = await find(reference);
      if (found !== null) return found;
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== null) throw failure;
  return null;
}

/** podman calls what it built itself `localhost/…`: no registry is meant. */
const isEngineOwn = ({ registry }: ImageReference): boolean =>
  isLoopback(registry) && !/:\d+$/.test(registry);

class RegistryImage implements ImageContent {
  readonly #client: RegistryClient;
  readonly #found: FoundImage;
  readonly #closed = new AbortController();
  readonly #signal: AbortSignal;

  constructor(client: RegistryClient, found: FoundImage, signal: AbortSignal) {
    this.#client = client;
    this.#found = found;
    this.#signal = AbortSignal.any([signal, this.#closed.signal]);
  }

  async *layers(skip: (name: string) => boolean): AsyncIterable<LayerContent> {
    const { repository, layers } = this.#found;
    const sent = new Set<string>();
    for (const layer of layers) {
      if (sent.has(layer.digest) || skip(layer.digest)) continue;
      sent.add(layer.digest);
      const bytes = Readable.from(this.#client.blob(repository, layer, this.#signal), { objectMode: false });
      try {
        yield { name: layer.digest, bytes };
      } finally {
        bytes.destroy();
      }
    }
  }

  config(): Promise<Uint8Array> {
    const { repository, config } = this.#found;
    return this.#client.blobWhole(repository, config, CONFIG_BYTES_MAX, this.#signal);
  }

  manifestDigest(): string {
    return this.#found.digest;
  }

  close(): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }
}
