import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Engine } from '#engines';
import type { ImagePlace, ImageReaders } from '#loops/patch';
import type { Clock } from '#model';
import {
  composeScansInTurns,
  createArchiveSource,
  createExportedSource,
  createLayoutSource,
  createRegistrySource,
  liveRootOf,
  readDocumentConfined,
  scanConfined,
  scanLiveRoot,
} from '#sensors';
import { recordedDocument, recordedStatements } from './advisories/vex-statements.ts';

export interface ImageReaderOptions {
  readonly engines: readonly Engine[];
  /** OCI layouts and archives. */
  readonly imageStores?: readonly string[];
  /** With which plain HTTP may be spoken. */
  readonly insecureRegistries?: readonly string[];
  readonly clock: Clock;
}

/** What looks into images for the patch loop: the engines' own stores first, then what was named to it, registries where a person asks. */
export function createImageReaders({
  engines,
  imageStores = [],
  insecureRegistries = [],
  clock,
}: ImageReaderOptions): ImageReaders {
  const registry = createRegistrySource({ clock, random: Math.random, insecure: insecureRegistries });
  const places: ImagePlace[] = engines.flatMap((engine) => {
    if (engine.exportImage === undefined) return [];
    const send = engine.exportImage.bind(engine);
    return [{ source: createExportedSource(engine.id, send), background: true }];
  });
  for (const place of imageStores) places.push({ source: storedSourceAt(resolve(place)), background: true });
  places.push({
    source: registry,
    background: false,
    documents: (image, signal) => registry.documents(image, signal),
  });
  return {
    places,
    scanLayer: (bytes, signal) => scanConfined(bytes, { signal }),
    composeScans: composeScansInTurns,
    async scanLiveRoot(process, wanted, signal) {
      return (await scanLiveRoot(process, wanted, { signal })).list;
    },
    liveRootOf,
    async readDocument(bytes) {
      const read = await readDocumentConfined(Readable.from([bytes]));
      if (read.kind === 'openvex')
        return {
          kind: 'openvex',
          id: read.document.id,
          edition: recordedDocument(read.document),
          statements: recordedStatements(read.document).map((each) => ({ ...each, document: bytes })),
        };
      const { origin, tool, subjects, list } = read.document;
      return { kind: origin, tool, about: subjects, list };
    },
  };
}

/** A place that is not there yet is an archive that is not: that is told whenever an image is looked for. */
function storedSourceAt(place: string): ReturnType<typeof createLayoutSource> {
  const isDirectory = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory ? createLayoutSource(place) : createArchiveSource(place);
}
