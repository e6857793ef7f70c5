import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { compressionOf } from '../../compression.ts';
import { SensorError } from '../../sensor-error.ts';
import { ExtendedHeaders, isExtendedHeader, type TarEntry } from '../layers/extended-headers.ts';
import { layerPath } from '../layers/layer-path.ts';
import { BLOCK_BYTES, parseTarHeader } from '../layers/tar-header.ts';
import type { BlobStore } from './blob-store.ts';
import { openFile } from './open-file.ts';

/** An archive of a hundred images has some thousands. */
const ENTRIES_MAX = 100_000;
const EXTENDED_HEADER_BYTES_MAX = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

/** Where a file's content is in the archive; or the name of the one that it is a link to. */
type Place = { readonly offset: number; readonly size: number } | { readonly link: string };

/**
 * The files in a tar archive, which is read where it lies: only headers are looked at, contents are handed
 * on. Null: there is no such file.
 */
export async function tarStore(path: string): Promise<BlobStore | null> {
  const file = await openFile(path);
  if (file === null) return null;
  try {
    const places = await readPlaces(file, path);
    return storeOf(file, places);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function storeOf(file: FileHandle, places: ReadonlyMap<string, Place>): BlobStore {
  const find = (name: string): { readonly offset: number; readonly size: number } | null => {
    const place = places.get(layerPath(name) ?? '');
    // Docker links a layer that is there twice to the first of the two; a link to a link it never writes.
    const target = place !== undefined && 'link' in place ? places.get(place.link) : place;
    return target === undefined || 'link' in target ? null : target;
  };
  return {
    async read(name, bytesMax) {
      const place = find(name);
      if (place === null) return null;
      if (place.size > bytesMax)
        throw new SensorError('too-large', `${name} has more than ${bytesMax} bytes`);
      return readAt(file, place.offset, place.size);
    },
    open(name) {
      const place = find(name);
      return Promise.resolve(
        place === null ? null : Readable.from(pieces(file, place), { objectMode: false }),
      );
    },
    close: () => file.close(),
  };
}

async function* pieces(
  file: FileHandle,
  { offset, size }: { readonly offset: number; readonly size: number },
): AsyncIterable<Buffer> {
  for (let done = 0; done < size; done += PIECE_BYTES) {
    yield await readAt(file, offset + done, Math.min(PIECE_BYTES, size - done));
  }
}

async function readPlaces(file: FileHandle, path: string): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  const { size: fileBytes } = await file.stat();
  if (fileBytes >= 4) refuseCompressed(await readAt(file, 0, 4), path);
  const extended = new ExtendedHeaders();
  let at = 0;
  for (let entries = 0; at + BLOCK_BYTES <= fileBytes; entries += 1) {
    if (entries > ENTRIES_MAX)
      throw new SensorError('too-large', `${path} has more than ${ENTRIES_MAX} entries`);
    const header = parseTarHeader(await readAt(file, at, BLOCK_BYTES));
    if (header === null) break;
    const offset = at + BLOCK_BYTES;
    let { size } = header;
    if (isExtendedHeader(header)) {
      if (size > EXTENDED_HEADER_BYTES_MAX)
        throw new SensorError('too-large', 'an extended header is too large');
      extended.take(header, await readAt(file, offset, size));
    } else {
      const entry = extended.entryOf(header);
      addPlace(places, entry, offset);
      size = entry.size;
    }
    at = offset + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return places;
}

function addPlace(places: Map<string, Place>, entry: TarEntry, offset: number): void {
  const own = layerPath(entry.name);
  if (own === null) return;
  if (entry.kind === 'file') places.set(own, { offset, size: entry.size });
  if (entry.kind !== 'hard-link' && entry.kind !== 'link') return;
  const directory = own.slice(0, own.lastIndexOf('/') + 1);
  const from = entry.kind === 'link' ? `${directory}${entry.linkName}` : entry.linkName;
  const parts: string[] = [];
  for (const part of from.split('/')) {
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const link = layerPath(parts.join('/'));
  if (link !== null) places.set(own, { link });
}

function refuseCompressed(first: Buffer, path: string): void {
  const compression = compressionOf(first);
  if (compression === null) return;
  throw new SensorError('invalid-input', `${path} is compressed as a whole`, {
    next: `Unpack it first: ${compression === 'gzip' ? 'gunzip' : 'unzstd'} '${path}'`,
  });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new SensorError('invalid-input', 'the archive is cut off');
    done += bytesRead;
  }
  return buffer;
}
