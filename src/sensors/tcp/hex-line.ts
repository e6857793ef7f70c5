const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_A = 0x61;
const LOWER_F = 0x66;

/** Numbers in one line; the longest has 21. */
const FIELDS_MAX = 24;

/**
 * Reads space-separated hexadecimal numbers straight from bytes into one reused array: at 40,000
 * lines a second neither strings nor regular expressions are affordable. Numbers above 2^53 lose
 * their last bits; only times after 104 days of uptime do, and then 2 ns.
 */
export class HexLine {
  readonly fields = new Float64Array(FIELDS_MAX);
  /** Where the last number ended: the rest of the line begins one further. */
  end = 0;

  /** Reads exactly `count` numbers from `from`; false when there are not as many before `until`. */
  read(bytes: Uint8Array, from: number, until: number, count: number): boolean {
    let at = from;
    for (let field = 0; field < count; field += 1) {
      if (field > 0) {
        if (bytes[at] !== SPACE) return false;
        at += 1;
      }
      const begin = at;
      let value = 0;
      for (; at < until; at += 1) {
        const digit = digitOf(bytes[at] ?? 0);
        if (digit < 0) break;
        value = value * 16 + digit;
      }
      if (at === begin) return false;
      this.fields[field] = value;
    }
    this.end = at;
    return true;
  }

  /** The number at this place of the last line that was read. */
  at(field: number): number {
    return this.fields[field] ?? 0;
  }
}

function digitOf(byte: number): number {
  if (byte >= ZERO && byte <= NINE) return byte - ZERO;
  if (byte >= LOWER_A && byte <= LOWER_F) return byte - LOWER_A + 10;
  return -1;
}
