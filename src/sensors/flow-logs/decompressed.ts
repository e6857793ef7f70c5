import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { FlowLogError } from './flow-log-error.ts';

/**
 * The bytes of a log that may be gzip-compressed, also of several such files one after the other.
 * Bounded memory: it reads on only when what it gave is taken.
 * @throws FlowLogError when a compressed file is cut or broken, after all that could be read of it.
 */
export async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  const first = await firstBytes(source);
  const rest = { [Symbol.asyncIterator]: () => source };
  if (first.length < 2 || first[0] !== 0x1f || first[1] !== 0x8b) {
    yield first;
    yield* rest;
    return;
  }
  const input = Readable.from(prefixed(first, rest), { objectMode: false });
  const gunzip = input.pipe(createGunzip());
  input.on('error', (error) => gunzip.destroy(error));
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    const cut = error.code === 'Z_BUF_ERROR';
    throw new FlowLogError(cut ? 'the gzip file is cut: its end is missing' : 'the gzip file is broken', {
      cause: error,
      next: 'Fetch the file again; the lines before the break were read.',
    });
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}

/** At least two bytes, unless there are fewer. */
async function firstBytes(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < 2) {
    const next = await source.next();
    if (next.done === true) return first;
    first = Buffer.concat([first, next.value]);
  }
  return first;
}

async function* prefixed(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
  );
}
