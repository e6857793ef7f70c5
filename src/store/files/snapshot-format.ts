import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { Snapshot, StreamName } from '../store.ts';

/**
 * A snapshot in a file:
 *
 *     magic     8 bytes
 *     length    4 bytes, little-endian: of the header
 *     checksum  4 bytes, little-endian: CRC-32 of the header
 *     header    JSON, padded with spaces to a multiple of 8
 *     parts     as they are, each padded with zeros to a multiple of 8
 *
 * A part is read into memory of its own, so that it can be viewed as a typed array in place, and is
 * freed by itself when its reader replaces it.
 */
const MAGIC = Buffer.from('SHEERSN1');
const HEADER_OFFSET = 16;
const ALIGNMENT = 8;
/** A checksum takes a millisecond for them. */
const PIECE_BYTES = 2 << 20;

type Hashes = Readonly<Record<StreamName, string | null>>;

interface Header {
  readonly version: number;
  readonly positions: Readonly<Record<StreamName, number>>;
  /** The chains' hashes at those positions; null where they were unknown. */
  readonly hashes: Hashes;
  readonly parts: readonly { readonly length: number; readonly checksum: number }[];
}

export function encodeSnapshot(snapshot: Snapshot, hashes: Hashes): readonly Uint8Array[] {
  return encode(
    snapshot,
    hashes,
    snapshot.parts.map((part) => crc32(part)),
  );
}

/** The same, with a pause after every few milliseconds of reading. */
export async function encodeSnapshotSlowly(
  snapshot: Snapshot,
  hashes: Hashes,
): Promise<readonly Uint8Array[]> {
  const checksums: number[] = [];
  for (const part of snapshot.parts) {
    let checksum = 0;
    for (let from = 0; from < part.length; from += PIECE_BYTES) {
      checksum = crc32(part.subarray(from, from + PIECE_BYTES), checksum);
      await setImmediate();
    }
    checksums.push(checksum);
  }
  return encode(snapshot, hashes, checksums);
}

/** Where a snapshot is read from: `bytes` of a file from `offset` on, into new memory; fewer at its end. */
export interface SnapshotSource {
  readonly size: number;
  bytes(offset: number, length: number): Uint8Array;
}

/** Null when it is torn, or no snapshot. */
export function decodeSnapshot(
  source: SnapshotSource,
): { readonly snapshot: Snapshot; readonly hashes: Hashes } | null {
  const header = readHeader(source);
  if (header === null) return null;
  const { version, positions, hashes } = header.content;
  const parts: Uint8Array[] = [];
  let { offset } = header;
  for (const { length, checksum } of header.content.parts) {
    if (offset + length + padding(length) > source.size) return null;
    const part = source.bytes(offset, length);
    if (part.length < length || crc32(part) !== checksum) return null;
    parts.push(part);
    offset += length + padding(length);
  }
  return { snapshot: { version, positions, parts }, hashes };
}

function encode(snapshot: Snapshot, hashes: Hashes, checksums: readonly number[]): readonly Uint8Array[] {
  const { version, positions, parts } = snapshot;
  const header: Header = {
    version,
    positions,
    hashes,
    parts: parts.map((part, index) => ({ length: part.length, checksum: checksums[index] ?? 0 })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc(padding(text.length), ' ')]);
  const prefix = Buffer.alloc(HEADER_OFFSET);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(padded.length, 8);
  prefix.writeUInt32LE(crc32(padded), 12);
  return [prefix, padded, ...parts.flatMap((part) => [part, new Uint8Array(padding(part.length))])];
}

/** With where the parts begin. */
function readHeader(source: SnapshotSource): { readonly content: Header; readonly offset: number } | null {
  const prefix = Buffer.from(source.bytes(0, HEADER_OFFSET));
  if (prefix.length < HEADER_OFFSET || !prefix.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const length = prefix.readUInt32LE(8);
  if (HEADER_OFFSET + length > source.size) return null;
  const text = Buffer.from(source.bytes(HEADER_OFFSET, length));
  if (text.length < length || crc32(text) !== prefix.readUInt32LE(12)) return null;
  // Its checksum fits, so this is what encodeSnapshot wrote.
  return { content: JSON.parse(text.toString()) as Header, offset: HEADER_OFFSET + length };
}

function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}
