/** IPv4 text of a `__be32` as a little-endian machine reads it: 0x0100007f is 127.0.0.1. */
export function ipv4OfWord(word: number): string {
  return `${word & 255}.${(word >>> 8) & 255}.${(word >>> 16) & 255}.${word >>> 24}`;
}

const MAPPED_PREFIX = 0xffff0000;

/**
 * Text of an IPv6 address from its four words as a little-endian machine reads them, in the form of
 * RFC 5952. An IPv4 address seen through a dual-stack socket is given as IPv4.
 */
export function ipv6OfWords(first: number, second: number, third: number, fourth: number): string {
  if (first === 0 && second === 0 && third === MAPPED_PREFIX) return ipv4OfWord(fourth);
  const groups = [first, second, third, fourth].flatMap((word) => [
    swapped(word & 0xffff),
    swapped(word >>> 16),
  ]);
  const zeros = longestZeros(groups);
  if (zeros.length < 2) return groups.map(hexadecimal).join(':');
  const head = groups.slice(0, zeros.from).map(hexadecimal).join(':');
  const tail = groups
    .slice(zeros.from + zeros.length)
    .map(hexadecimal)
    .join(':');
  return `${head}::${tail}`;
}

function swapped(half: number): number {
  return ((half & 255) << 8) | (half >>> 8);
}

function hexadecimal(group: number): string {
  return group.toString(16);
}

/** The longest run of zero groups, the first of equals. */
function longestZeros(groups: readonly number[]): { readonly from: number; readonly length: number } {
  let best = { from: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { from: index - length + 1, length };
  }
  return best;
}
