import { hash as digest } from 'node:crypto';

/**
 * How records are chained, byte by byte, so that anyone can verify an export:
 *
 *     payload         the fact as JSON text, without its position, UTF-8
 *     payloadHash(n)  SHA-256(payload)
 *     hash(0)         32 zero bytes
 *     hash(n)         SHA-256(hash(n-1) ‖ n ‖ payloadHash(n))
 *                             32 bytes    8 bytes, unsigned, big-endian    32 bytes
 *
 * An erased record keeps its payload hash, so the chain over it still verifies. Hashes are written
 * as 64 lower-case hex digits.
 */
export const CHAIN_START = '0'.repeat(64);

const HASH = /^[0-9a-f]{64}$/;
const POSITION_OFFSET = 32;
const PAYLOAD_OFFSET = 40;
const LINK_BYTES = 72;
const UINT32 = 2 ** 32;

const link = Buffer.alloc(LINK_BYTES);

/** Hex SHA-256 of a payload. */
export function payloadHash(payload: string): string {
  return digest('sha256', payload, 'hex');
}

/** Whether a text read back is a hash at all. */
export function isHash(text: string | null): text is string {
  return text !== null && HASH.test(text);
}

/** The chain's hash at `position`, from its hash before and the payload's; both must be {@link isHash}. */
export function chainHash(previous: string, position: number, payload: string): string {
  link.write(previous, 0, 'hex');
  link.writeUInt32BE(Math.floor(position / UINT32), POSITION_OFFSET);
  link.writeUInt32BE(position % UINT32, POSITION_OFFSET + 4);
  link.write(payload, PAYLOAD_OFFSET, 'hex');
  return digest('sha256', link, 'hex');
}
