import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { SensorError } from '../../sensor-error.ts';
import { layerPath } from '../layers/layer-path.ts';
import { parsePax } from '../layers/pax.ts';
import { BLOCK_BYTES, parseTarHeader, type TarHeader } from '../layers/tar-header.ts';
import type { BlobStore } from './blob-store.ts';

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
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return null;
  try {
    if (!(await file.stat()).isFile()) throw new SensorError('invalid-input', `${path} is no file`);
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
  let name: string | null = null;
  let at = 0;
  for (let entries = 0; at + BLOCK_BYTES <= fileBytes; entries += 1) {
    if (entries > ENTRIES_MAX)
      throw new SensorError('too-large', `${path} has more than ${ENTRIES_MAX} entries`);
    const block = await readAt(file, at, BLOCK_BYTES);
    const header = parseTarHeader(block);
    if (header === null) break;
    const offset = at + BLOCK_BYTES;
    if (header.type === 'x' || header.type === 'L') name = await longName(file, offset, header);
    else if (header.type !== 'g' && header.type !== 'K') {
      addPlace(places, { ...header, name: name ?? header.name }, offset);
      name = null;
    }
    at = offset + Math.ceil(header.size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return places;
}

function addPlace(places: Map<string, Place>, header: TarHeader, offset: number): void {
  const own = layerPath(header.name);
  if (own === null) return;
  if (header.type === '0') places.set(own, { offset, size: header.size });
  if (header.type !== '1' && header.type !== '2') return;
  const directory = own.slice(0, own.lastIndexOf('/') + 1);
  const from = header.type === '2' ? `${directory}${header.linkName}` : header.linkName;
  const parts: string[] = [];
  for (const part of from.split('/')) {
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const link = layerPath(parts.join('/'));
  if (link !== null) places.set(own, { link });
}

async function longName(file: FileHandle, offset: number, { type, size }: TarHeader): Promise<string | null> {
  if (size > EXTENDED_HEADER_BYTES_MAX) throw new SensorError('too-large', 'an extended header is too large');
  const bytes = await readAt(file, offset, size);
  return type === 'x' ? (parsePax(bytes).get('path') ?? null) : bytes.toString('utf8').replace(/\0.*$/s, '');
}

function refuseCompressed(first: Buffer, path: string): void {
  const isGzip = first[0] === 0x1f && first[1] === 0x8b;
  const isZstd = first.readUInt32LE(0) === 0xfd2fb528;
  if (!isGzip && !isZstd) return;
  throw new SensorError('invalid-input', `${path} is compressed as a whole`, {
    next: `Unpack it first: ${isGzip ? 'gunzip' : 'unzstd'} '${path}'`,
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
