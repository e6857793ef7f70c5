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
 * so that each part begins at a multiple of 8 bytes and can be viewed as a typed array in place.
 */
const MAGIC = Buffer.from('SHEERSN1');
const HEADER_OFFSET = 16;
const ALIGNMENT = 8;

type Hashes = Readonly<Record<StreamName, string | null>>;

interface Header {
  readonly version: number;
  readonly positions: Readonly<Record<StreamName, number>>;
  /** The chains' hashes at those positions; null where they were unknown. */
  readonly hashes: Hashes;
  readonly parts: readonly { readonly length: number; readonly checksum: number }[];
}

export function encodeSnapshot(snapshot: Snapshot, hashes: Hashes): readonly Uint8Array[] {
  const { version, positions, parts } = snapshot;
  const header: Header = {
    version,
    positions,
    hashes,
    parts: parts.map((part) => ({ length: part.length, checksum: crc32(part) })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc(padding(text.length), ' ')]);
  const prefix = Buffer.alloc(HEADER_OFFSET);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(padded.length, 8);
  prefix.writeUInt32LE(crc32(padded), 12);
  return [prefix, padded, ...parts.flatMap((part) => [part, new Uint8Array(padding(part.length))])];
}

/** Null when it is torn, or no snapshot. */
export function decodeSnapshot(
  bytes: Buffer,
): { readonly snapshot: Snapshot; readonly hashes: Hashes } | null {
  if (bytes.length < HEADER_OFFSET || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const bodyOffset = HEADER_OFFSET + bytes.readUInt32LE(8);
  const text = bytes.subarray(HEADER_OFFSET, bodyOffset);
  if (bodyOffset > bytes.length || crc32(text) !== bytes.readUInt32LE(12)) return null;
  // Its checksum fits, so this is what encodeSnapshot wrote.
  const { version, positions, hashes, parts } = JSON.parse(text.toString()) as Header;
  const views: Uint8Array[] = [];
  let offset = bodyOffset;
  for (const { length, checksum } of parts) {
    const view = new Uint8Array(
      bytes.buffer,
      bytes.byteOffset + offset,
      Math.min(length, bytes.length - offset),
    );
    if (view.length < length || crc32(view) !== checksum) return null;
    views.push(view);
    offset += length + padding(length);
    if (offset > bytes.length) return null;
  }
  return { snapshot: { version, positions, parts: views }, hashes };
}

function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}
