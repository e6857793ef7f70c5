import { BLOCK_BYTES } from './layers/tar-header.ts';

/** An entry to write; its name may be anything, so that tests can write what nobody should. */
export interface TarFile {
  readonly name: string;
  /** Default: a file. */
  readonly type?: '0' | '1' | '2' | '3' | '5' | '6' | 'S';
  readonly content?: Uint8Array;
  readonly linkName?: string;
}

/** Of a name in a header; longer ones go into an extended header. */
const NAME_BYTES = 100;

/** A tar archive with extended (pax) headers where names are long or not ASCII; all of it in memory. */
export function writeTar(files: Iterable<TarFile>): Buffer {
  const parts: Buffer[] = [];
  for (const file of files) parts.push(...tarEntry(file));
  return Buffer.concat([...parts, TAR_END]);
}

/** Two blocks of zeros. */
export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);

/** What goes before a file's content, which is written apart, and is followed by {@link tarPadding}. */
export function tarFileHeader(name: string, size: number): readonly Buffer[] {
  return [...paxHeader(name, ''), header({ name, linkName: '', type: '0', size })];
}

/** The header(s), the content and its filling. */
export function tarEntry({
  name,
  type = '0',
  content = new Uint8Array(),
  linkName = '',
}: TarFile): readonly Buffer[] {
  const size = content.length;
  return [
    ...paxHeader(name, linkName),
    header({ name, linkName, type, size }),
    Buffer.from(content),
    tarPadding(size),
  ];
}

/** None where the header itself has room for the names. */
function paxHeader(name: string, linkName: string): readonly Buffer[] {
  const records = [
    ...(needsPax(name) ? [paxRecord('path', name)] : []),
    ...(needsPax(linkName) ? [paxRecord('linkpath', linkName)] : []),
  ];
  if (records.length === 0) return [];
  const pax = Buffer.from(records.join(''));
  return [header({ name: 'pax', linkName: '', type: 'x', size: pax.length }), pax, tarPadding(pax.length)];
}

interface HeaderFields {
  readonly name: string;
  readonly linkName: string;
  readonly type: string;
  readonly size: number;
}

function header({ name, linkName, type, size }: HeaderFields): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0, NAME_BYTES);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(linkName, 157, NAME_BYTES);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Zeros up to the next block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES);
}

function needsPax(text: string): boolean {
  return Buffer.byteLength(text) > NAME_BYTES || /[^\x20-\x7e]/.test(text);
}

/** Its length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length += 1;
  return `${length} ${key}=${value}\n`;
}
