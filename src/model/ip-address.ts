const LOWER_A = 97;
const ZERO = 48;
const DOT = 46;

/**
 * Dotted IPv4 as an unsigned 32-bit number; -1 when the text is anything else. Leading zeros are
 * refused: some readers take them for octal.
 */
export function parseIpv4(text: string): number {
  let address = 0;
  let octet = -1;
  let octets = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index === text.length ? DOT : text.charCodeAt(index);
    if (code === DOT) {
      if (octet < 0) return -1;
      address = address * 256 + octet;
      octets += 1;
      octet = -1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  return octets === 4 ? address : -1;
}

export function formatIpv4(address: number): string {
  // `as string`: an octet is an index of the table.
  const first = OCTETS[address >>> 24] as string;
  const second = OCTETS[(address >>> 16) & 255] as string;
  const third = OCTETS[(address >>> 8) & 255] as string;
  return first + second + third + String(address & 255);
}

/** With the dot behind it. */
const OCTETS = Array.from({ length: 256 }, (_, octet) => `${octet}.`);

/**
 * Writes an IPv6 address into `words` (four 32-bit words, network order) and says whether it was
 * one. A zone index (`%eth0`) is left out; dotted IPv4 may stand at the end.
 */
export function parseIpv6(text: string, words: Uint32Array): boolean {
  const zone = text.indexOf('%');
  const groups = groupsOf(zone < 0 ? text : text.slice(0, zone));
  if (groups === null) return false;
  for (let word = 0; word < 4; word += 1) {
    words[word] = ((groups[word * 2] ?? 0) << 16) | (groups[word * 2 + 1] ?? 0);
  }
  return true;
}

/** Canonical text (RFC 5952) of the four words from `offset` on. */
export function formatIpv6(words: Uint32Array, offset = 0): string {
  const groups: number[] = [];
  for (let word = 0; word < 4; word += 1) {
    const value = words[offset + word] ?? 0;
    groups.push(value >>> 16, value & 0xffff);
  }
  const gap = longestZeroRun(groups);
  const text = (from: number, until: number): string =>
    groups
      .slice(from, until)
      .map((group) => group.toString(16))
      .join(':');
  return gap === null ? text(0, 8) : `${text(0, gap.from)}::${text(gap.until, 8)}`;
}

/** IPv4 in IPv6 (`::ffff:0:0/96`) as an unsigned number; -1 when it is a true IPv6 address. */
export function mappedIpv4(words: Uint32Array): number {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? (words[3] ?? 0) : -1;
}

/** The eight 16-bit groups; null when the text is no address. */
function groupsOf(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = halfOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? halfOf(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group of zeros.
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function halfOf(text: string, last: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (last && index === parts.length - 1 && part.includes('.')) {
      const dotted = parseIpv4(part);
      if (dotted < 0) return null;
      groups.push(dotted >>> 16, dotted & 0xffff);
    } else {
      const group = groupOf(part);
      if (group < 0) return null;
      groups.push(group);
    }
  }
  return groups;
}

function groupOf(text: string): number {
  if (text.length === 0 || text.length > 4) return -1;
  let group = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const digit = code - ZERO;
    const letter = (code | 32) - LOWER_A;
    if (digit >= 0 && digit <= 9) group = group * 16 + digit;
    else if (letter >= 0 && letter < 6) group = group * 16 + 10 + letter;
    else return -1;
  }
  return group;
}

/** The first of the longest runs of two or more zero groups. */
function longestZeroRun(groups: readonly number[]): { from: number; until: number } | null {
  let best: { from: number; until: number } | null = null;
  let from = 0;
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === 0) continue;
    const length = index - from;
    if (length >= 2 && (best === null || length > best.until - best.from)) best = { from, until: index };
    from = index + 1;
  }
  return best;
}
