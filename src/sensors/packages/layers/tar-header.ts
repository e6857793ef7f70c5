import { SensorError } from '../../sensor-error.ts';

export const BLOCK_BYTES = 512;

/** The fields of one header block that matter here. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** `0` file, `1` hard link, `2` symbolic link, `5` directory; `x`, `g`, `L`, `K` speak of the next entry. */
  readonly type: string;
  readonly linkName: string;
  /** Of the old GNU form of sparse files: further header blocks follow. */
  readonly extended: boolean;
}

const USTAR = 'ustar\0';

/** Null: a block of zeros. Throws where the sum is wrong: from there on nothing can be known. */
export function parseTarHeader(block: Buffer): TarHeader | null {
  if (block[0] === 0 && block.every((byte) => byte === 0)) return null;
  const told = octal(block, 148, 8);
  if (told !== sumOf(block)) {
    throw new SensorError('invalid-input', 'the archive is torn: a header in it has a wrong sum');
  }
  const prefix = block.toString('latin1', 257, 263) === USTAR ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: numeric(block, 124, 12),
    type: type === '\0' || type === '7' ? '0' : type,
    linkName: text(block, 157, 100),
    extended: type === 'S' && block[482] !== 0,
  };
}

/** Octal digits, or (where the first bit is set) a binary number. */
function numeric(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if (first < 0x80) return octal(block, start, length);
  let value = first & 0x7f;
  for (let at = start + 1; at < start + length; at += 1) value = value * 256 + (block[at] ?? 0);
  if (first === 0xff || !Number.isSafeInteger(value)) {
    throw new SensorError('invalid-input', 'the archive is torn: a file in it has an impossible size');
  }
  return value;
}

function octal(block: Buffer, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at += 1) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit >= 0 && digit <= 7) value = value * 8 + digit;
    else if (value > 0 || (block[at] !== 0x20 && block[at] !== 0x30)) break;
  }
  return value;
}

function text(block: Buffer, start: number, length: number): string {
  const zero = block.indexOf(0, start);
  const end = zero < 0 || zero > start + length ? start + length : zero;
  return block.toString('utf8', start, end);
}

/** Of all bytes, those of the sum itself as blanks. */
function sumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK_BYTES; at += 1) if (at < 148 || at > 155) sum += block[at] as number;
  return sum;
}
