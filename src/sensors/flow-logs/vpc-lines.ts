import type { AddressResolver } from './address-resolver.ts';
import { ByteCursor } from './byte-cursor.ts';
import { FlowLogError } from './flow-log-error.ts';
import { BLOCKED, ESTABLISHED, type FlowLine, type LineFormat, type LineKind, UNKNOWN } from './flow-line.ts';
import { TIME_EXPECTED, isPlausible } from './line-time.ts';
import { sourceServes } from './server-end.ts';

/** Version 2, in this order, when the file has no header line. */
const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );

const SPACE = 32;
const DASH = 45;
const LOWER_A = 97;
const LOWER_Z = 122;
const UPPER_A = 65;
const UPPER_N = 78;
const UPPER_O = 79;
const UPPER_R = 82;
const UPPER_S = 83;
const SYN = 2;
const SYN_ACK = 18;

/** What is done with a column: numbers up to FLAGS are kept under their own number. */
const PROTOCOL = 0;
const SOURCE_PORT = 1;
const TARGET_PORT = 2;
const BYTES = 3;
const START = 4;
const FLAGS = 5;
const VERSION = 6;
const SOURCE = 7;
const TARGET = 8;
const ACTION = 9;
const STATUS = 10;
const SKIPPED = 11;

const USES: Readonly<Record<string, number>> = {
  protocol: PROTOCOL,
  srcport: SOURCE_PORT,
  dstport: TARGET_PORT,
  bytes: BYTES,
  start: START,
  'tcp-flags': FLAGS,
  srcaddr: SOURCE,
  dstaddr: TARGET,
  action: ACTION,
  'log-status': STATUS,
};
const NEEDED = ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'start'];

/**
 * AWS VPC flow logs: the default format of version 2, or a header line with any order of fields.
 *
 * A record is one direction of a flow as one interface saw it, over up to ten minutes; `start` is its
 * first packet, to the second. A connection is counted by the client's record, the server's adds bytes
 * (see {@link sourceServes} for which is which); a connection that spans several records counts once in
 * each. Two interfaces that both log a connection both count it. ACCEPT says that the rules let it pass,
 * not that somebody answered.
 *
 * Where the format has `pkt-srcaddr` and `pkt-dstaddr`, those are taken: behind a NAT gateway, and for
 * pods with an address of their own on a shared interface, `srcaddr` is only the interface's.
 */
export class VpcLines implements LineFormat {
  readonly #resolver: AddressResolver;
  readonly #cursor = new ByteCursor();
  readonly #numbers = new Float64Array(FLAGS + 1);
  #header: readonly string[] | null = null;
  #fields: readonly string[] = DEFAULT_FIELDS;
  #uses: Uint8Array = usesOf(DEFAULT_FIELDS, true);
  #action = 0;
  #status = 0;

  constructor(resolver: AddressResolver, state?: unknown) {
    this.#resolver = resolver;
    if (Array.isArray(state)) this.#take(state.map(String));
  }

  state(): unknown {
    return this.#header;
  }

  parse(bytes: Uint8Array, start: number, end: number, line: FlowLine): LineKind {
    const first = bytes[start] ?? 0;
    if (first >= LOWER_A && first <= LOWER_Z && this.#isHeader(bytes, start, end)) return 'header';
    this.#cursor.reset(bytes, start, end);
    // Calling fill() for so few costs more.
    for (let number = 0; number <= FLAGS; number += 1) this.#numbers[number] = -1;
    this.#action = 0;
    this.#status = 0;
    const missing = this.#readFields(line);
    if (missing === null) return 'malformed';
    if (this.#status === UPPER_N || this.#status === UPPER_S) return 'no-data';
    return missing || !this.#fill(line) ? this.#malformed(line, missing) : 'flow';
  }

  /** Whether an address was `-`; null when a field is not what it should be. */
  #readFields(line: FlowLine): boolean | null {
    const cursor = this.#cursor;
    const uses = this.#uses;
    let missing = false;
    for (let column = 0; column < uses.length; column += 1) {
      if (column > 0) {
        if (cursor.peek() !== SPACE) return this.#wrongField(line, column);
        cursor.at += 1;
      }
      const use = uses[column] as number;
      if (use === SKIPPED) cursor.skipTo(SPACE);
      else if (use === SOURCE || use === TARGET) {
        if (cursor.address(SPACE, use === SOURCE ? line.client : line.server)) continue;
        if (!this.#isDash()) return this.#wrongField(line, column);
        missing = true;
      } else if (!this.#readValue(use)) return this.#wrongField(line, column);
    }
    if (cursor.at === cursor.end) return missing;
    line.problem = `expected ${uses.length} fields, found more`;
    return null;
  }

  #readValue(use: number): boolean {
    const cursor = this.#cursor;
    if (use === ACTION || use === STATUS) return this.#readWord(use);
    const start = cursor.at;
    const value = cursor.decimal();
    if (value < 0) return cursor.at === start && this.#isDash();
    if (use === VERSION) return value === 2;
    this.#numbers[use] = value;
    return true;
  }

  /** Its length too: a file that was cut may end in `ACC` or `O`. */
  #readWord(use: number): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    const first = cursor.peek();
    if (first === DASH) return this.#isDash();
    cursor.skipTo(SPACE);
    if (use === ACTION) this.#action = first;
    else this.#status = first;
    return cursor.at - start === (use === ACTION ? ACTION_LENGTHS : STATUS_LENGTHS)[first];
  }

  /** Fills the line from the numbers; false with a problem when one is absurd. */
  #fill(line: FlowLine): boolean {
    const numbers = this.#numbers;
    const seconds = numbers[START] as number;
    line.protocol = numbers[PROTOCOL] as number;
    line.client.port = numbers[SOURCE_PORT] as number;
    line.server.port = numbers[TARGET_PORT] as number;
    line.problem = problemOf(line, seconds);
    if (line.problem !== '') return false;
    line.from = seconds * 1000;
    line.to = line.from + 999;
    line.bytes = numbers[BYTES] as number;
    line.verdict = this.#verdict();
    const swapped = this.#sourceServes(line);
    if (swapped) line.swapEnds();
    line.connections = swapped ? 0 : 1;
    return true;
  }

  #verdict(): number {
    if (this.#action === UPPER_R) return BLOCKED;
    return this.#action === UPPER_A ? ESTABLISHED : UNKNOWN;
  }

  /** A handshake in the record settles it: SYN alone was sent by the client, SYN-ACK by the server. */
  #sourceServes(line: FlowLine): boolean {
    const flags = this.#numbers[FLAGS] as number;
    if (line.protocol === 6 && flags > 0 && (flags & SYN) !== 0) return (flags & SYN_ACK) === SYN_ACK;
    return sourceServes(line, this.#resolver);
  }

  #malformed(line: FlowLine, missing: boolean): 'malformed' | 'no-data' {
    // A custom format without log-status has nothing but dashes to say that there was no data.
    if (missing && this.#status === 0) return 'no-data';
    if (missing) line.problem = 'srcaddr and dstaddr: expected IP addresses, found -';
    return 'malformed';
  }

  #wrongField(line: FlowLine, column: number): null {
    const field = this.#fields[column] ?? '';
    const ended = this.#cursor.at >= this.#cursor.end;
    line.problem = ended
      ? `expected ${this.#fields.length} fields, it ends before ${field}`
      : `${field}: expected ${EXPECTED[field] ?? 'a value'}`;
    return null;
  }

  /** Moves over a `-` that is a whole field. */
  #isDash(): boolean {
    const cursor = this.#cursor;
    if (cursor.peek() !== DASH) return false;
    cursor.at += 1;
    return cursor.at === cursor.end || cursor.peek() === SPACE;
  }

  #isHeader(bytes: Uint8Array, start: number, end: number): boolean {
    this.#cursor.reset(bytes, start, end);
    this.#cursor.skipTo(SPACE);
    const first = this.#cursor.text(start, this.#cursor.at);
    if (!(first in USES) && !DEFAULT_FIELDS.includes(first) && !first.startsWith('pkt-')) return false;
    this.#take(this.#cursor.text(start, end).trim().split(/\s+/));
    return true;
  }

  #take(fields: readonly string[]): void {
    const absent = NEEDED.filter((field) => !fields.includes(field) && !fields.includes(`pkt-${field}`));
    if (absent.length > 0) {
      throw new FlowLogError(`the header of the VPC flow log has no ${absent.join(', ')}`, {
        next: 'Record the log in a format with srcaddr, dstaddr, srcport, dstport, protocol and start.',
        detail: [fields.join(' ')],
      });
    }
    this.#header = fields;
    this.#fields = fields;
    this.#uses = usesOf(fields, false);
  }
}

/** By first letter: ACCEPT, REJECT; OK, NODATA, SKIPDATA. */
const ACTION_LENGTHS: Readonly<Record<number, number>> = { [UPPER_A]: 6, [UPPER_R]: 6 };
const STATUS_LENGTHS: Readonly<Record<number, number>> = { [UPPER_O]: 2, [UPPER_N]: 6, [UPPER_S]: 8 };

const EXPECTED: Readonly<Record<string, string>> = {
  version: '2 (another version begins with a header line)',
  srcaddr: 'an IP address',
  dstaddr: 'an IP address',
  'pkt-srcaddr': 'an IP address',
  'pkt-dstaddr': 'an IP address',
  action: 'ACCEPT or REJECT',
  'log-status': 'OK, NODATA or SKIPDATA',
  srcport: 'a number',
  dstport: 'a number',
  protocol: 'a number',
  bytes: 'a number',
  start: 'a number',
  'tcp-flags': 'a number',
};

function usesOf(fields: readonly string[], strictVersion: boolean): Uint8Array {
  return Uint8Array.from(fields, (field) => {
    if (field === 'version' && strictVersion) return VERSION;
    if (field === 'pkt-srcaddr') return SOURCE;
    if (field === 'pkt-dstaddr') return TARGET;
    // The interface's own address only where the packet's is not in the log.
    return fields.includes(`pkt-${field}`) ? SKIPPED : (USES[field] ?? SKIPPED);
  });
}

function problemOf(line: FlowLine, seconds: number): string {
  if (!isPlausible(seconds)) return `start: ${TIME_EXPECTED}`;
  if (line.protocol < 0 || line.protocol > 255) return 'protocol: expected a number up to 255';
  if (line.client.port < 0 || line.client.port > 65_535) return 'srcport: expected a number up to 65535';
  if (line.server.port < 0 || line.server.port > 65_535) return 'dstport: expected a number up to 65535';
  return '';
}
