/** As much of an ELF file as finding something by its address needs. */
export interface Elf {
  readonly bytes: Buffer;
  /** Null: the file does not hold that address. */
  offsetOf(address: number | null): number | null;
  /** Null: past the end, or larger than any address here can be. */
  pointerAt(offset: number, size: 4 | 8, bigEndian: boolean): number | null;
}

export const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

const LOADED = 1;
/** Programs have about ten. */
const SEGMENTS_MAX = 1024;

/** Null: not an ELF file, or a torn one. */
export function readElf(bytes: Buffer): Elf | null {
  if (bytes.length < 64 || !bytes.subarray(0, 4).equals(ELF_MAGIC)) return null;
  const wide = bytes[4] === 2;
  const bigEndian = bytes[5] === 2;
  const segments = loadedSegments(bytes, wide ? 8 : 4, bigEndian);
  return {
    bytes,
    offsetOf(address) {
      if (address === null) return null;
      const segment = segments.find((one) => address >= one.address && address < one.address + one.size);
      return segment === undefined ? null : address - segment.address + segment.offset;
    },
    pointerAt: (offset, size, big) => pointerAt(bytes, offset, { size, bigEndian: big }),
  };
}

function loadedSegments(bytes: Buffer, size: 4 | 8, bigEndian: boolean): readonly Segment[] {
  const wide = size === 8;
  const half = (offset: number) => (bigEndian ? bytes.readUInt16BE(offset) : bytes.readUInt16LE(offset));
  const table = pointerAt(bytes, wide ? 32 : 28, { size, bigEndian }) ?? bytes.length;
  const entryBytes = half(wide ? 54 : 42);
  const count = Math.min(half(wide ? 56 : 44), SEGMENTS_MAX);
  const segments: Segment[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = table + index * entryBytes;
    const field = (offset: number) => pointerAt(bytes, at + offset, { size, bigEndian });
    const kind = pointerAt(bytes, at, { size: 4, bigEndian });
    const [offset, address, length] = wide
      ? [field(8), field(16), field(32)]
      : [field(4), field(8), field(16)];
    if (kind !== LOADED || offset == null || address == null || length == null) continue;
    segments.push({ offset, address, size: length });
  }
  return segments;
}

interface Width {
  readonly size: 4 | 8;
  readonly bigEndian: boolean;
}

function pointerAt(bytes: Buffer, offset: number, { size, bigEndian }: Width): number | null {
  if (offset < 0 || offset + size > bytes.length) return null;
  if (size === 4) return bigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
  const value = Number(bigEndian ? bytes.readBigUInt64BE(offset) : bytes.readBigUInt64LE(offset));
  return Number.isSafeInteger(value) ? value : null;
}
