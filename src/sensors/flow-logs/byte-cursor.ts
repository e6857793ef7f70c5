import { formatIpv6, mappedIpv4, parseIpv6 } from '#model';

import type { LineEnd } from './flow-line.ts';

const ZERO = 48;
const DOT = 46;
const COLON = 58;
/** More digits than any counter or time needs, and few enough for a double to keep them all. */
const MAX_DIGITS = 15;
const NO_OCTET = -1;

/** Reads numbers and addresses in place, without making strings. */
export class ByteCursor {
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte to read, and the first that is not to be read. */
  at = 0;
  end = 0;
  readonly #words = new Uint32Array(4);

  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** The byte at the cursor; -1 at the end. */
  peek(): number {
    return this.at < this.end ? (this.bytes[this.at] as number) : -1;
  }

  /** To the next `delimiter`, or the end. */
  skipTo(delimiter: number): void {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && bytes[at] !== delimiter) at += 1;
    this.at = at;
  }

  /** Digits up to the first other byte; -1 when there are none, or too many for a number. */
  decimal(): number {
    const { bytes, end, at: start } = this;
    let at = start;
    let value = 0;
    for (; at < end; at += 1) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.at = at;
    return at === start || at - start > MAX_DIGITS ? -1 : value;
  }

  /**
   * An address up to `delimiter`; when it is none, false, and the cursor stays. IPv4 mapped into IPv6
   * is IPv4.
   */
  address(delimiter: number, into: LineEnd): boolean {
    const start = this.at;
    const ipv4 = this.#ipv4();
    if (ipv4 >= 0 && (this.at === this.end || this.bytes[this.at] === delimiter)) {
      into.ipv4 = ipv4;
      into.ipv6 = '';
      return true;
    }
    this.at = start;
    if (this.#ipv6(delimiter, into)) return true;
    this.at = start;
    return false;
  }

  /** Latin-1 text, for what is rare. */
  text(start: number, end: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('latin1');
  }

  /**
   * An unsigned number; -1 when it is no dotted address. A leading zero is refused: some take it for
   * octal.
   */
  #ipv4(): number {
    const { bytes, end } = this;
    let at = this.at;
    let address = 0;
    let dots = 0;
    let octet = NO_OCTET;
    for (; at < end; at += 1) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit >= 0 && digit <= 9) {
        if (octet === 0) return -1;
        octet = octet === NO_OCTET ? digit : octet * 10 + digit;
        if (octet > 255) return -1;
      } else {
        if (digit !== DOT - ZERO || dots === 3 || octet === NO_OCTET) break;
        address = (address << 8) | octet;
        octet = NO_OCTET;
        dots += 1;
      }
    }
    this.at = at;
    return dots === 3 && octet !== NO_OCTET ? ((address << 8) | octet) >>> 0 : -1;
  }

  #ipv6(delimiter: number, into: LineEnd): boolean {
    const start = this.at;
    this.skipTo(delimiter);
    // The longest: eight groups, or six and a dotted address, and a zone index.
    if (this.at - start > 64 || !this.bytes.subarray(start, this.at).includes(COLON)) return false;
    if (!parseIpv6(this.text(start, this.at), this.#words)) return false;
    const mapped = mappedIpv4(this.#words);
    into.ipv4 = mapped >= 0 ? mapped : 0;
    into.ipv6 = mapped >= 0 ? '' : formatIpv6(this.#words);
    return true;
  }
}
