import { createHash } from 'node:crypto';
import { SheerError, type PackageList } from '#model';
import type { ImageContent, LayerScan, WantedImage } from '#sensors';
import { PatchError } from '../patch-error.ts';
import type { ImagePlace, ImageReaders, UnreadLayer } from '../image-readers.ts';
import type { LayerScans } from './layer-scans.ts';

/** An image that was read, and where. */
export interface ReadImage {
  readonly image: string;
  readonly list: PackageList;
  /** Id of the source; `layers`: all of its layers had been read as another image's. */
  readonly from: string;
}

export interface ReadImageOptions {
  readonly readers: ImageReaders;
  readonly scans: LayerScans;
  /** Places to look in, the best first. */
  readonly places: readonly ImagePlace[];
  readonly signal: AbortSignal;
}

/**
 * Reads what an image holds: from layers that are known already, or from the first place that has
 * it. A layer that can't be read is told in the list; an image that nobody has is an error.
 *
 * @throws PatchError `not-found`: no place has it; `sensor-failed`: the one that may have it failed
 */
export async function readImage(
  wanted: WantedImage & { readonly diffIds: readonly string[] },
  options: ReadImageOptions,
): Promise<ReadImage> {
  if (wanted.id !== null && wanted.diffIds.length > 0) {
    const scans = await knownScans(wanted.diffIds, options.scans);
    if (scans.size === new Set(wanted.diffIds).size) {
      const list = await options.readers.composeScans(wanted.diffIds, scans, wanted.id);
      return { image: wanted.id, list, from: 'layers' };
    }
  }
  const failures: string[] = [];
  for (const place of options.places) {
    try {
      const read = await readFrom(place, wanted, options);
      if (read !== null) return { ...read, from: place.source.id };
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof SheerError)) throw error;
      failures.push(`${place.source.id}: ${error.message}`);
    }
  }
  if (failures.length > 0) throw new PatchError('sensor-failed', failures.join('; '), { remedy: 'retry' });
  const looked = options.places.map(({ source }) => source.id).join(', ');
  throw new PatchError('not-found', `no place has its content (looked in ${looked || 'none'})`, {
    remedy: 'wait',
  });
}

/** Layers that can't be read, by the names that the place calls them. */
interface Unreadable {
  readonly unread: Map<string, UnreadLayer>;
  /** The helper did not survive them once. */
  readonly suspect: Set<string>;
}

/**
 * The place is asked again for a layer that the helper did not survive, which is then the only one that is
 * read: what ended the helper may have been the machine. Null: the place does not have the image.
 */
async function readFrom(
  place: ImagePlace,
  wanted: WantedImage,
  options: ReadImageOptions,
): Promise<Omit<ReadImage, 'from'> | null> {
  const unreadable: Unreadable = { unread: new Map(), suspect: new Set() };
  for (;;) {
    const content = await place.source.open(wanted, options.signal);
    if (content === null) return null;
    const suspects = unreadable.suspect.size;
    const read = await readContent(content, wanted, { ...options, unreadable });
    if (unreadable.suspect.size === suspects) return read;
  }
}

async function readContent(
  content: ImageContent,
  wanted: WantedImage,
  options: ReadImageOptions & { readonly unreadable: Unreadable },
): Promise<Omit<ReadImage, 'from'>> {
  const { unread } = options.unreadable;
  try {
    await readLayers(content, options);
    const { id, diffIds } = parseConfig(await content.config(), wanted);
    const scans = await knownScans(diffIds, options.scans);
    const [reason] = unread.values();
    for (const diffId of diffIds) {
      // Which diffId a layer has that could not be read to its end, nobody knows; the reason is of one of them.
      if (!scans.has(diffId)) scans.set(diffId, reason ?? { reason: 'the place did not send this layer' });
    }
    return { image: id, list: await options.readers.composeScans(diffIds, scans, id) };
  } finally {
    await content.close();
  }
}

async function readLayers(
  content: ImageContent,
  {
    readers,
    scans,
    signal,
    unreadable: { unread, suspect },
  }: ReadImageOptions & { readonly unreadable: Unreadable },
): Promise<void> {
  const isKnown = (name: string): boolean => {
    if (unread.has(name)) return true;
    const diffId = scans.diffIdOf(name);
    return diffId !== null && scans.get(diffId) !== null;
  };
  for await (const { name, bytes } of content.layers(isKnown)) {
    try {
      scans.put(name, await readers.scanLayer(bytes, signal));
    } catch (error) {
      bytes.destroy();
      signal.throwIfAborted();
      const isOfBytes =
        error instanceof SheerError && (error.code === 'invalid-input' || error.code === 'too-large');
      if (!isOfBytes) throw error;
      if (error.remedy === 'retry' && !suspect.has(name)) suspect.add(name);
      else unread.set(name, { reason: error.message });
    }
  }
}

/** Unpacking one takes some 10 ms, where it names 100,000 files: others have their turn between two. */
async function knownScans(
  diffIds: readonly string[],
  scans: LayerScans,
): Promise<Map<string, LayerScan | UnreadLayer>> {
  const known = new Map<string, LayerScan | UnreadLayer>();
  for (const diffId of diffIds) {
    const scan = scans.get(diffId);
    if (scan !== null) known.set(diffId, scan);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return known;
}

/** The config's own digest is the image's id: a place that sends another one lies, or has another image. */
function parseConfig(
  bytes: Uint8Array,
  wanted: WantedImage,
): { readonly id: string; readonly diffIds: readonly string[] } {
  const id = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (wanted.id !== null && wanted.id !== id) {
    throw new PatchError(
      'invalid-input',
      `the config that was sent is ${id}, and ${wanted.id} was asked for`,
    );
  }
  let config: unknown;
  try {
    config = JSON.parse(Buffer.from(bytes).toString());
  } catch (cause) {
    throw new PatchError('invalid-input', 'its config is no JSON', { cause });
  }
  const diffIds: unknown = (config as { rootfs?: { diff_ids?: unknown } | null } | null)?.rootfs?.diff_ids;
  if (!Array.isArray(diffIds) || !diffIds.every((each) => typeof each === 'string')) {
    throw new PatchError('invalid-input', 'its config names no layers');
  }
  return { id, diffIds };
}
