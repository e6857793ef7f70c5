import { Readable } from 'node:stream';
import type { Engine } from '#engines';
import type { ImagePlace, ImageReaders } from '#loops/patch';
import type { Clock } from '#model';
import {
  composeScans,
  createExportedSource,
  createRegistrySource,
  liveRootOf,
  parseVexDocument,
  readListConfined,
  scanConfined,
  scanLiveRoot,
} from '#sensors';
import { recordedStatements } from './advisories/vex-statements.ts';

/** What looks into images for the patch loop: the engines' own stores first, registries where a person asks. */
export function createImageReaders(engines: readonly Engine[], clock: Clock): ImageReaders {
  const registry = createRegistrySource({ clock, random: Math.random });
  const places: ImagePlace[] = engines.flatMap((engine) => {
    if (engine.exportImage === undefined) return [];
    const send = engine.exportImage.bind(engine);
    return [{ source: createExportedSource(engine.id, send), background: true }];
  });
  places.push({
    source: registry,
    background: false,
    documents: (image, signal) => registry.documents(image, signal),
  });
  return {
    places,
    scanLayer: (bytes, signal) => scanConfined(bytes, { signal }),
    composeScans,
    async scanLiveRoot(pid, wanted, signal) {
      return (await scanLiveRoot({ pid, startTicks: null }, wanted, { signal })).list;
    },
    liveRootOf,
    async readDocument(bytes) {
      const statements = parseVexDocument(bytes);
      if (statements.kind === 'read')
        return {
          kind: 'openvex',
          id: statements.value.id,
          statements: recordedStatements(statements.value).map((each) => ({ ...each, document: bytes })),
        };
      const { origin, tool, subjects, list } = await readListConfined(Readable.from([bytes]));
      return { kind: origin, tool, about: subjects, list };
    },
  };
}
