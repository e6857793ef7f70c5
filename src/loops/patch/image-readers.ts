import type { Readable } from 'node:stream';
import type { PackageList, PackageListOrigin } from '#model';
import type { ImageContentSource, LayerScan, LiveProcess, LiveWanted, WantedImage } from '#sensors';
import type { IntakeDocument, IntakeStatement } from './advisories/advisory-intake.ts';

/** A layer that could not be read: why, in plain words. */
export interface UnreadLayer {
  readonly reason: string;
}

/** A place that images are read from. */
export interface ImagePlace {
  readonly source: ImageContentSource;
  /** False: only asked when a person asks, because it lies outside of this machine. */
  readonly background: boolean;
  /** Lists and statements that lie beside the image there. */
  readonly documents?: (image: WantedImage, signal: AbortSignal) => Promise<readonly FoundDocument[]>;
}

export interface FoundDocument {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** What looks into foreign bytes for the loop: confined, bounded helpers of the sensors. */
export interface ImageReaders {
  /** The best first. */
  readonly places: readonly ImagePlace[];
  /**
   * @throws SheerError `invalid-input` or `too-large`: the bytes are at fault, with the remedy `retry` only
   * where that is so twice; others: try again
   */
  scanLayer(bytes: Readable, signal: AbortSignal): Promise<LayerScan>;
  composeScans(
    diffIds: readonly string[],
    scans: ReadonlyMap<string, LayerScan | UnreadLayer>,
    image: string,
  ): Promise<PackageList>;
  /** The packages in the root file system of a live process: of its databases, and what else is wanted. */
  scanLiveRoot(process: LiveProcess, wanted: LiveWanted, signal: AbortSignal): Promise<PackageList>;
  /** What tells the root file systems of processes apart, as most share one; null: that can't be told. */
  liveRootOf(pid: number): string | null;
  /** @throws SheerError `invalid-input`: what it is not, with the place in it */
  readDocument(bytes: Uint8Array): Promise<ReadDocument>;
}

/** Somebody's document, told apart by its content. */
export type ReadDocument =
  | {
      readonly kind: Exclude<PackageListOrigin, 'read'>;
      readonly tool: string | null;
      /** Digests and names of the image that it is about, as the document says. */
      readonly about: readonly string[];
      readonly list: PackageList;
    }
  | {
      readonly kind: 'openvex';
      readonly id: string;
      readonly edition: IntakeDocument;
      readonly statements: readonly IntakeStatement[];
    };
