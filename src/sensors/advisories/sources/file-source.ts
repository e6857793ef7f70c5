import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { SensorError } from '../../sensor-error.ts';
import { parseJson } from '../parse-json.ts';
import { readHead } from './file-head.ts';
import { RecordLines, type RecordLine } from './record-lines.ts';
import {
  EXPANSION_MIN_BYTES,
  namedBy,
  printable,
  RefusedRecord,
  stampOf,
  tooLarge,
  type RecordLimits,
  type RecordSource,
  type SourceRecord,
} from './record-source.ts';

const CHUNK_BYTES = 1_048_576;

/**
 * One JSON document, or one in each line; plain, gzip or zstd, told apart by the first bytes. `name` is
 * the file's own (of a download: the URL's), whose `.jsonl` or `.ndjson` says that it has lines; without
 * it the first line does, when it is a whole document.
 */
export function fileSource(path: string, name: string, limits: RecordLimits): RecordSource {
  return {
    complete: false,
    async *batches() {
      const isLines = /\.(jsonl|ndjson)(\.gz|\.zst)?$/i.test(name) || (await beginsWithLine(path, limits));
      if (isLines) yield* lineBatches(path, limits);
      else yield [await wholeDocument(path, name, limits)];
    },
  };
}

async function* lineBatches(path: string, limits: RecordLimits): AsyncIterable<readonly SourceRecord[]> {
  const lines = new RecordLines(limits.recordBytes);
  for await (const chunk of chunksOf(path, limits))
    yield lines.push(chunk).map((line) => recordOf(line, limits));
  yield lines.finish().map((line) => recordOf(line, limits));
}

function recordOf({ number, bytes }: RecordLine, limits: RecordLimits): SourceRecord {
  return {
    place: `line ${number}`,
    stamp: bytes === null ? -1 : stampOf(bytes),
    named: null,
    bytes: () => {
      if (bytes === null) throw tooLarge(limits);
      return bytes;
    },
  };
}

async function beginsWithLine(path: string, limits: RecordLimits): Promise<boolean> {
  const lines = new RecordLines(limits.recordBytes);
  for await (const chunk of chunksOf(path, limits)) {
    const [first] = lines.push(chunk);
    if (first !== undefined) return first.bytes !== null && parseJson(first.bytes).kind === 'read';
    if (lines.isSkipping()) return false;
  }
  return false;
}

async function wholeDocument(path: string, name: string, limits: RecordLimits): Promise<SourceRecord> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(path, limits)) {
    size += chunk.length;
    if (size > limits.recordBytes) break;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return {
    place: printable(name),
    stamp: stampOf(bytes),
    named: namedBy(name),
    bytes: () => {
      if (size > limits.recordBytes) throw tooLarge(limits);
      if (bytes.length === 0) throw new RefusedRecord('is empty');
      return bytes;
    },
  };
}

async function* chunksOf(path: string, limits: RecordLimits): AsyncIterable<Uint8Array> {
  const bytesMax = Math.max(limits.expansion * (await stat(path)).size, EXPANSION_MIN_BYTES);
  let size = 0;
  try {
    for await (const chunk of unpacked(path)) {
      // A stream of bytes yields buffers.
      const bytes = chunk as Uint8Array;
      size += bytes.length;
      if (size > bytesMax)
        throw new SensorError(
          'too-large',
          `${path} unpacks to more than ${limits.expansion} times its size.`,
        );
      yield bytes;
    }
  } catch (error) {
    if (error instanceof SensorError) throw error;
    throw new SensorError('invalid-input', `${path} cannot be unpacked to its end: ${reasonOf(error)}.`, {
      cause: error,
      next: 'Get the file again; nothing of it was taken.',
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it cannot be read';
}

function unpacked(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const head = readHead(path, 4);
  const decoder = isGzip(head)
    ? createGunzip({ chunkSize: CHUNK_BYTES })
    : isZstd(head)
      ? createZstdDecompress({ chunkSize: CHUNK_BYTES })
      : null;
  if (decoder === null) return file;
  file.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => file.destroy());
  return file.pipe(decoder);
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isZstd(head: Uint8Array): boolean {
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
}
