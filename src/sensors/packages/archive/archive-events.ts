import type { Readable } from 'node:stream';
import { SensorError } from '../../sensor-error.ts';
import { LAYER_LIMITS } from '../layers/limits.ts';
import { TarReader } from '../layers/tar-reader.ts';

/** What comes in an archive, file by file. */
export type ArchiveEvent =
  | { readonly kind: 'file'; readonly name: string; readonly size: number }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'end' };

/**
 * Reads a tar archive as it comes, one piece at a time.
 * @throws SensorError `invalid-input` where it is torn, `sensor-failed` where it breaks off
 */
export async function* archiveEvents(archive: Readable): AsyncGenerator<ArchiveEvent, void> {
  const waiting: ArchiveEvent[] = [];
  const reader = new TarReader(
    ({ name, kind, size }) => {
      if (kind !== 'file') return null;
      waiting.push({ kind: 'file', name, size });
      return {
        push: (bytes) => void waiting.push({ kind: 'bytes', bytes }),
        end: () => void waiting.push({ kind: 'end' }),
      };
    },
    // The images' layers in one archive, and not much besides.
    { ...LAYER_LIMITS, entries: 100_000 },
  );
  for await (const piece of piecesOf(archive)) {
    reader.push(piece);
    yield* waiting.splice(0);
  }
  reader.finish();
}

async function* piecesOf(archive: Readable): AsyncGenerator<Buffer, void> {
  try {
    for await (const piece of archive) yield piece as Buffer;
  } catch (cause) {
    throw new SensorError('sensor-failed', 'the engine stopped in the middle of an image', {
      cause,
      remedy: 'retry',
      next: 'it is tried again by itself',
    });
  }
}
