import type { Readable } from 'node:stream';
import type { ImageContentSource } from '../../image-content.ts';
import { StreamedImage } from './streamed-image.ts';

/**
 * Gives the archive of the image with this id, as an engine's `save` writes it; null where the image is
 * not there.
 */
export type ExportImage = (id: string, signal: AbortSignal) => Promise<Readable | null>;

/**
 * An engine's image store. Archives are read as they come: nothing is written to a disk of ours, and
 * layers come in the order in which the engine sends them.
 */
export function createExportedSource(id: string, exportImage: ExportImage): ImageContentSource {
  return {
    id,
    async open(wanted, signal) {
      if (wanted.id === null) return null;
      const archive = await exportImage(wanted.id, signal);
      return archive === null ? null : new StreamedImage(archive, wanted);
    },
  };
}
