import { type AddressBlock, mappedIpv4, parseAddressBlock, parseIpv4, parseIpv6, prefixMask } from '#model';

/**
 * Whether an address is one of the public internet's. An undeclared public address is the external
 * {@link INTERNET}; an undeclared private one stays unknown, because it may be anybody's.
 */
export function isPublicAddress(ip: string): boolean {
  const ipv4 = parseIpv4(ip);
  if (ipv4 >= 0) return isPublicIpv4(ipv4);
  const words = new Uint32Array(4);
  if (!parseIpv6(ip, words)) return false;
  const mapped = mappedIpv4(words);
  if (mapped >= 0) return isPublicIpv4(mapped);
  // NAT64 (RFC 6052): the IPv4 address stands in the last 32 bits.
  if (words[0] === 0x0064_ff9b && words[1] === 0 && words[2] === 0) return isPublicIpv4(words[3] ?? 0);
  return contains(GLOBAL_UNICAST, words) && !RESERVED_IPV6.some((block) => contains(block, words));
}

/** Id and name of the one external that all undeclared public peers are. */
export const INTERNET = 'internet';

/**
 * From the IANA registries of special-purpose addresses. The blocks for documentation (203.0.113.0/24 and the
 * like) count as public: nobody may use them inside, so whoever talks to one means the outside.
 */
const RESERVED_IPV4 = blocks(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
);

const [GLOBAL_UNICAST, ...RESERVED_IPV6] = blocks(
  '2000::/3',
  '2001:2::/48',
  '2001:10::/28',
  '2001:20::/28',
) as [
  // Four texts in, four blocks out.
  AddressBlock,
  ...AddressBlock[],
];

function blocks(...texts: readonly string[]): AddressBlock[] {
  return texts.flatMap((text) => parseAddressBlock(text) ?? []);
}

function isPublicIpv4(address: number): boolean {
  return !RESERVED_IPV4.some(
    (block) => (address & prefixMask(block.prefixLength, 0)) >>> 0 === (block.words[0] ?? 0),
  );
}

function contains(block: AddressBlock, words: Uint32Array): boolean {
  return block.words.every(
    (word, index) => ((words[index] ?? 0) & prefixMask(block.prefixLength, index)) >>> 0 === word,
  );
}
