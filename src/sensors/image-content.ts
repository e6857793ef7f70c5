import type { Readable } from 'node:stream';

/**
 * Where the content of images can be read: an engine's image store, an OCI layout or archive, a
 * registry. Reading is read-only for all of them. The bytes are foreign: only the confined helper of
 * `packages/` looks into them.
 */
export interface ImageContentSource {
  /** `podman`, `layout`, `registry`: shown as where a package list comes from. */
  readonly id: string;

  /**
   * Null: this source does not have the image (or is not meant for such a reference).
   * @throws SensorError `sensor-failed`, with `remedy` retry or stalled
   */
  open(image: WantedImage, signal: AbortSignal): Promise<ImageContent | null>;
}

export interface WantedImage {
  /** Config digest; null: not known yet, the answer's config tells. */
  readonly id: string | null;
  /** Names that it is known by, with their registry: `docker.io/library/redis:7`. */
  readonly names: readonly string[];
  /** Manifest and index digests. */
  readonly digests: readonly string[];
}

export interface ImageContent {
  /**
   * The layers, in any order: whoever reads one computes its diffId, and the config tells the place.
   * Each is to be read to its end (or destroyed) before the next is asked for. `skip` says of a name
   * that the layer has been read before and need not be sent.
   */
  layers(skip: (name: string) => boolean): AsyncIterable<LayerContent>;
  /** The config as it lies there; its digest is the image's id. Ask for it after the layers. */
  config(): Promise<Uint8Array>;
  /** Of the platform manifest, after the layers; null where the source keeps none. */
  manifestDigest(): string | null;
  close(): Promise<void>;
}

export interface LayerContent {
  /** How the source calls it: blob digest or file name. */
  readonly name: string;
  /** As it is stored: plain, gzip or zstd; told apart by its first bytes. */
  readonly bytes: Readable;
}
