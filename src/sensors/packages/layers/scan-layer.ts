import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { compressionOf } from '../../compression.ts';
import { SensorError } from '../../sensor-error.ts';
import type { LayerScan } from '../layer-scan.ts';
import { LayerScanner } from './layer-scanner.ts';
import { LAYER_LIMITS, type LayerLimits } from './limits.ts';
import { TarReader } from './tar-reader.ts';

/** Pieces that decompression hands over: large enough that handing over costs nothing. */
const PIECE_BYTES = 256 * 1024;

/** So many lie ready: the next ones are unpacked, in another thread, while one is hashed and read. */
const HANDED_OVER = { chunkSize: PIECE_BYTES, readableHighWaterMark: 4 * PIECE_BYTES };

/**
 * Reads a layer (tar; plain, gzip or zstd, told apart by its first bytes) to its end, in one pass and in
 * bounded memory: what is held is the file at hand, up to its limit, and the paths.
 *
 * @throws SensorError `invalid-input` where it is torn or cut off; `too-large` at a limit
 */
export async function scanLayer(
  bytes: AsyncIterable<Buffer>,
  { limits = LAYER_LIMITS }: { readonly limits?: LayerLimits } = {},
): Promise<LayerScan> {
  const scanner = new LayerScanner(limits);
  const tar = new TarReader((entry) => scanner.entry(entry), limits);
  const hash = createHash('sha256');
  let total = 0;
  for await (const piece of unpacked(bytes)) {
    total += piece.length;
    if (total > limits.bytes)
      throw new SensorError('too-large', `the layer unpacks to more than ${limits.bytes} bytes`);
    hash.update(piece);
    tar.push(piece);
  }
  if (total === 0) throw new SensorError('invalid-input', 'the layer is empty');
  tar.finish();
  return scanner.result(`sha256:${hash.digest('hex')}`);
}

async function* unpacked(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const source = bytes[Symbol.asyncIterator]();
  const first = await firstBytes(source);
  const whole = rejoined(first, source);
  const decoder = decoderFor(first);
  if (decoder === null) {
    yield* whole;
    return;
  }
  // An error of either end destroys the other, and is thrown below.
  pipeline(Readable.from(whole, { objectMode: false, highWaterMark: PIECE_BYTES }), decoder, () => undefined);
  try {
    for await (const piece of decoder) yield piece as Buffer;
  } catch (error) {
    if (error instanceof SensorError) throw error;
    const reason = error instanceof Error ? error.message : 'unknown';
    const isCut = /unexpected end|unable to.*frame/i.test(reason);
    throw new SensorError(
      'invalid-input',
      isCut ? 'the layer is cut off' : `the layer can't be unpacked (${reason})`,
      {
        cause: error,
      },
    );
  }
}

function decoderFor(first: Buffer): ReturnType<typeof createGunzip | typeof createZstdDecompress> | null {
  const compression = compressionOf(first);
  if (compression === 'gzip') return createGunzip(HANDED_OVER);
  // 128 MB, as the command line tool allows.
  const params = { [constants.ZSTD_d_windowLogMax]: 27 };
  return compression === 'zstd' ? createZstdDecompress({ ...HANDED_OVER, params }) : null;
}

async function firstBytes(source: AsyncIterator<Buffer>): Promise<Buffer> {
  let first = Buffer.alloc(0);
  while (first.length < 4) {
    const next = await source.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return first;
}

/** In pieces of at least 256 KB: each is handed to another thread, and a pipe gives 64 KB at once. */
async function* rejoined(first: Buffer, source: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  let parts = first.length > 0 ? [first] : [];
  let length = first.length;
  for (;;) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(next.value);
    length += next.value.length;
    if (length < PIECE_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(parts);
}
