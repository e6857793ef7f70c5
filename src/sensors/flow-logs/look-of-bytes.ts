/** What the beginning of a file looks like; null when it is text that nobody knows. */
export function lookOf(bytes: Uint8Array): string | null {
  const magic = MAGICS.find(({ prefix }) => prefix.every((byte, index) => bytes[index] === byte));
  if (magic !== undefined) return magic.name;
  if (bytes.subarray(0, 4096).includes(0)) return 'a binary file';
  const text = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  return TEXTS.find(({ pattern }) => pattern.test(text))?.name ?? null;
}

/** Whether it is certainly no text. */
export function isBinary(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 4096);
  return (
    start.includes(0) || MAGICS.some(({ prefix }) => prefix.every((byte, index) => start[index] === byte))
  );
}

const MAGICS: readonly { readonly prefix: readonly number[]; readonly name: string }[] = [
  { prefix: [0x1f, 0x8b], name: 'a gzip file' },
  { prefix: [0x28, 0xb5, 0x2f, 0xfd], name: 'a zstd file' },
  { prefix: [0x50, 0x4b, 0x03, 0x04], name: 'a zip file' },
  { prefix: [0x50, 0x41, 0x52, 0x31], name: 'a Parquet file' },
  { prefix: [0xd4, 0xc3, 0xb2, 0xa1], name: 'a packet capture (pcap)' },
  { prefix: [0xa1, 0xb2, 0xc3, 0xd4], name: 'a packet capture (pcap)' },
  { prefix: [0x0a, 0x0d, 0x0d, 0x0a], name: 'a packet capture (pcapng)' },
];

const TEXTS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /^#separator |^#fields\t/m, name: 'a Zeek log (--format zeek)' },
  { pattern: /^\{.*"id[._]orig_h"/m, name: 'a Zeek log in JSON (--format zeek)' },
  { pattern: /^.*\bsrc=\S+ dst=\S+.*\bsrc=/m, name: 'conntrack output (--format conntrack)' },
  { pattern: /^(?:[a-z-]+ )*(?:pkt-)?srcaddr /m, name: 'a VPC flow log (--format vpc)' },
  {
    pattern: /^\d+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \d+ \d+ \S+ (?:OK|NODATA|SKIPDATA)\r?$/m,
    name: 'a VPC flow log (--format vpc)',
  },
  { pattern: /^\s*[{[]/, name: 'JSON' },
  { pattern: /^\s*</, name: 'XML or HTML' },
];
