import { formatIpv4, formatIpv6, mappedIpv4, parseIpv4, parseIpv6 } from './ip-address.ts';

/** A run of addresses with a common prefix; one address is the block of all its bits. */
export interface AddressBlock {
  readonly version: 4 | 6;
  /** One 32-bit word for IPv4, four for IPv6, in network order; bits after the prefix are zero. */
  readonly words: Uint32Array;
  readonly prefixLength: number;
}

/**
 * `10.0.0.0/8`, `10.1.2.3`, `2001:db8::/32`. Bits after the prefix are dropped, and IPv4 in IPv6
 * (`::ffff:10.0.0.0/104`) is IPv4. Null when the text is anything else.
 */
export function parseAddressBlock(text: string): AddressBlock | null {
  const slash = text.indexOf('/');
  const ip = slash < 0 ? text : text.slice(0, slash);
  const words = wordsOf(ip);
  if (words === null) return null;
  const width = words.length * 32;
  const prefixLength = slash < 0 ? width : prefixLengthOf(text.slice(slash + 1), width);
  if (prefixLength === null) return null;
  const mapped = words.length === 4 ? mappedIpv4(words) : -1;
  if (mapped >= 0 && prefixLength >= MAPPED_PREFIX) {
    return blockOf(4, Uint32Array.of(mapped), prefixLength - MAPPED_PREFIX);
  }
  return blockOf(words.length === 1 ? 4 : 6, words, prefixLength);
}

/** Canonical text: two blocks are the same when their texts are. A single address has no `/32`. */
export function formatAddressBlock({ version, words, prefixLength }: AddressBlock): string {
  const ip = version === 4 ? formatIpv4(words[0] ?? 0) : formatIpv6(words);
  return prefixLength === words.length * 32 ? ip : `${ip}/${prefixLength}`;
}

/** The bits of the word at this index that belong to a prefix of this length. */
export function prefixMask(prefixLength: number, word: number): number {
  const bits = Math.min(32, Math.max(0, prefixLength - word * 32));
  // A shift by 32 is a shift by 0 in ECMAScript.
  return bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
}

/** `::ffff:0:0/96` */
const MAPPED_PREFIX = 96;

function wordsOf(ip: string): Uint32Array | null {
  const ipv4 = parseIpv4(ip);
  if (ipv4 >= 0) return Uint32Array.of(ipv4);
  const words = new Uint32Array(4);
  return !ip.includes('%') && parseIpv6(ip, words) ? words : null;
}

function prefixLengthOf(text: string, width: number): number | null {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return null;
  const length = Number(text);
  return length <= width ? length : null;
}

function blockOf(version: 4 | 6, words: Uint32Array, prefixLength: number): AddressBlock {
  return {
    version,
    words: words.map((word, index) => (word & prefixMask(prefixLength, index)) >>> 0),
    prefixLength,
  };
}
