import { formatIpv4, formatIpv6, mappedIpv4 } from '#model';
import type { Protocol } from '#model';

/** The kernel's TCP states as /proc/net prints them; UDP uses 1 (connected) and 7 (not connected). */
export const SOCKET_STATE = {
  established: 1,
  synSent: 2,
  synReceived: 3,
  finWait1: 4,
  finWait2: 5,
  timeWait: 6,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
  closing: 11,
} as const;

const SPACE = 32;
const NEWLINE = 10;
const COLON = 58;

/**
 * Walks the rows of /proc/net/tcp, tcp6, udp or udp6 without making an object per row: there may be
 * tens of thousands of them, and most need one look at their state.
 *
 * Row: `sl local:port remote:port state tx:rx tr:when retransmits uid timeout inode …`, hexadecimal up
 * to the state. Addresses are 32-bit words as they lie in memory, that is, in the machine's own order.
 */
export class SocketCursor {
  state = 0;
  inode = 0;
  localPort = 0;
  remotePort = 0;
  private readonly bytes: Uint8Array;
  private position: number;
  private localStart = 0;
  private remoteStart = 0;
  private addressLength = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    // The first line is the heading.
    this.position = afterLine(bytes, 0);
  }

  /** Goes to the next whole row; rows that are cut off or broken are passed over. */
  next(): boolean {
    while (this.position < this.bytes.length) {
      const start = this.position;
      this.position = afterLine(this.bytes, start);
      if (this.read(start)) return true;
    }
    return false;
  }

  localIp(): string {
    return addressAt(this.bytes, this.localStart, this.addressLength);
  }

  remoteIp(): string {
    return addressAt(this.bytes, this.remoteStart, this.addressLength);
  }

  /** The four addresses, as they stand in the file: the same for the same connection. */
  tuple(): string {
    const end = this.remoteStart + this.addressLength + 5;
    return Buffer.from(
      this.bytes.buffer,
      this.bytes.byteOffset + this.localStart,
      end - this.localStart,
    ).toString('latin1');
  }

  private read(start: number): boolean {
    const { bytes } = this;
    const end = this.position;
    this.localStart = token(bytes, start, 1);
    const colon = bytes.indexOf(COLON, this.localStart);
    this.addressLength = colon - this.localStart;
    if (this.addressLength !== 8 && this.addressLength !== 32) return false;
    this.remoteStart = colon + 6;
    const state = this.remoteStart + this.addressLength + 6;
    const inode = token(bytes, state, 6);
    if (inode >= end) return false;
    this.localPort = hexadecimal(bytes, colon + 1, 4);
    this.remotePort = hexadecimal(bytes, this.remoteStart + this.addressLength + 1, 4);
    this.state = hexadecimal(bytes, state, 2);
    this.inode = decimal(bytes, inode);
    return this.inode >= 0 && this.localPort >= 0 && this.remotePort >= 0 && this.state > 0;
  }
}

type SocketState = Pick<SocketCursor, 'state' | 'remotePort'>;

/** Waits for others: a TCP listener, or a UDP socket that is bound and not connected. */
export function isListening(row: SocketState, protocol: Protocol): boolean {
  if (protocol === 'tcp') return row.state === SOCKET_STATE.listen;
  return row.state === SOCKET_STATE.close && row.remotePort === 0;
}

/**
 * A process holds a connection, or is opening one. One whose process has let go of it, and one that
 * nobody has accepted yet, has no inode.
 */
export function isConnected(row: SocketState & { readonly inode: number }): boolean {
  const { listen, close, synReceived, timeWait } = SOCKET_STATE;
  const { state, inode } = row;
  return inode > 0 && state !== listen && state !== close && state !== synReceived && state !== timeWait;
}

function afterLine(bytes: Uint8Array, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline < 0 ? bytes.length : newline + 1;
}

/** Where the token begins that stands `count` tokens after the one at (or after) `from`. */
function token(bytes: Uint8Array, from: number, count: number): number {
  let at = skipSpaces(bytes, from);
  for (let index = 0; index < count; index += 1) {
    while (at < bytes.length && bytes[at] !== SPACE && bytes[at] !== NEWLINE) at += 1;
    at = skipSpaces(bytes, at);
  }
  return at;
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE) at += 1;
  return at;
}

/** -1 when there is something else than `length` hexadecimal digits. */
function hexadecimal(bytes: Uint8Array, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at += 1) {
    const code = bytes[at] ?? 0;
    const digit = code >= 48 && code <= 57 ? code - 48 : (code | 32) - 87;
    if (digit < 0 || digit > 15 || (digit > 9 && code < 65)) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function decimal(bytes: Uint8Array, from: number): number {
  let value = 0;
  let at = from;
  for (; at < bytes.length; at += 1) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === from ? -1 : value;
}

const words = new Uint32Array(4);
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function addressAt(bytes: Uint8Array, start: number, length: number): string {
  if (length === 8) return formatIpv4(networkOrder(hexadecimal(bytes, start, 8)));
  for (let word = 0; word < 4; word += 1) {
    words[word] = networkOrder(hexadecimal(bytes, start + word * 8, 8));
  }
  // An IPv4 peer of a dual-stack socket is that IPv4 address.
  const mapped = mappedIpv4(words);
  return mapped === -1 ? formatIpv6(words) : formatIpv4(mapped);
}

function networkOrder(word: number): number {
  if (!LITTLE_ENDIAN) return word >>> 0;
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
