import { ByteCursor } from './byte-cursor.ts';
import { FlowLogError } from './flow-log-error.ts';
import {
  ESTABLISHED,
  type FlowLine,
  type LineEnd,
  type LineFormat,
  type LineKind,
  REFUSED,
  UNANSWERED,
  UNKNOWN,
} from './flow-line.ts';
import { TIME_EXPECTED, isPlausible } from './line-time.ts';
import { protocolNumber } from './protocols.ts';

const HASH = 35;
const BRACE = 123;
const DASH = 45;
const NEEDED = ['ts', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto'];

/**
 * Zeek's summary of how a connection went. A handshake that was seen is established; SYN without an
 * answer is unanswered; where only a part was seen nothing is claimed.
 */
const VERDICT_OF_STATE: Readonly<Record<string, number>> = {
  S0: UNANSWERED,
  SH: UNANSWERED,
  RSTOS0: UNANSWERED,
  REJ: REFUSED,
  S1: ESTABLISHED,
  S2: ESTABLISHED,
  S3: ESTABLISHED,
  SF: ESTABLISHED,
  RSTO: ESTABLISHED,
  RSTR: ESTABLISHED,
};

interface ZeekState {
  readonly fields: readonly string[] | null;
  readonly separator: number;
}

/**
 * Zeek's conn.log: tab-separated with its `#` header lines, or one JSON object per line. One line is
 * one connection with both directions' payload; `ts` is its first packet, to the microsecond; the
 * originator is the client.
 */
export class ZeekLines implements LineFormat {
  readonly #cursor = new ByteCursor();
  #fields: readonly string[] | null = null;
  #separator = 9;

  constructor(state?: unknown) {
    if (state === undefined || state === null) return;
    const { fields, separator } = state as ZeekState; // its own state, written by state()
    if (fields !== null) this.#take(fields);
    this.#separator = separator;
  }

  state(): ZeekState {
    return { fields: this.#fields, separator: this.#separator };
  }

  parse(bytes: Uint8Array, start: number, end: number, line: FlowLine): LineKind {
    this.#cursor.reset(bytes, start, end);
    if (bytes[start] === HASH) return this.#header(this.#cursor.text(start, end));
    const problem = bytes[start] === BRACE ? this.#json(start, end, line) : this.#separated(line);
    line.problem = problem;
    return problem === '' ? 'flow' : 'malformed';
  }

  #header(text: string): LineKind {
    const [name = '', ...values] = text.split(String.fromCharCode(this.#separator));
    if (text.startsWith('#separator ')) this.#separator = separatorOf(text.slice('#separator '.length));
    if (name === '#path' && values[0] !== 'conn') {
      throw new FlowLogError(`this is Zeek's ${values[0] ?? ''}.log; only conn.log holds connections`);
    }
    if (name === '#fields') this.#take(values);
    return 'header';
  }

  #take(fields: readonly string[]): void {
    const absent = NEEDED.filter((field) => !fields.includes(field));
    if (absent.length > 0)
      throw new FlowLogError(`the #fields line of the Zeek log has no ${absent.join(', ')}`);
    this.#fields = fields;
  }

  /** The empty text, or what was expected. */
  #separated(line: FlowLine): string {
    const fields = this.#fields;
    if (fields === null) return 'expected a #fields line before the first connection, or JSON';
    const values: Record<string, string> = {};
    const cursor = this.#cursor;
    for (const [column, field] of fields.entries()) {
      if (column > 0) {
        if (cursor.at >= cursor.end) return `expected ${fields.length} fields, it ends before ${field}`;
        cursor.at += 1;
      }
      const start = cursor.at;
      cursor.skipTo(this.#separator);
      // `-` is Zeek's default for a field that is not set.
      const unset = cursor.at === start + 1 && cursor.bytes[start] === DASH;
      if (!unset && USED.has(field)) values[field] = cursor.text(start, cursor.at);
    }
    if (cursor.at < cursor.end) return `expected ${fields.length} fields, found more`;
    return this.#fill(line, values);
  }

  #json(start: number, end: number, line: FlowLine): string {
    const values: Record<string, string> = {};
    try {
      const record: unknown = JSON.parse(Buffer.from(this.#cursor.bytes.subarray(start, end)).toString());
      for (const [key, value] of Object.entries(record as object)) {
        // Some shippers replace the dot.
        const field = key.startsWith('id_') ? `id.${key.slice(3)}` : key;
        if (USED.has(field)) values[field] = String(value);
      }
    } catch {
      return 'expected a JSON object';
    }
    return this.#fill(line, values);
  }

  #fill(line: FlowLine, values: Readonly<Record<string, string>>): string {
    const seconds = secondsOf(values['ts'] ?? '');
    if (!isPlausible(seconds)) return `ts: ${TIME_EXPECTED}`;
    line.from = seconds * 1000;
    line.to = line.from;
    line.protocol = protocolNumber(values['proto'] ?? '');
    if (line.protocol < 0) return 'proto: expected a protocol such as tcp';
    const problem =
      this.#end(line.client, values, 'orig', line) || this.#end(line.server, values, 'resp', line);
    if (problem !== '') return problem;
    line.bytes = sumOf(values['orig_bytes'], values['resp_bytes']);
    line.verdict = VERDICT_OF_STATE[values['conn_state'] ?? ''] ?? UNKNOWN;
    line.connections = 1;
    return '';
  }

  #end(
    end: LineEnd,
    values: Readonly<Record<string, string>>,
    side: 'orig' | 'resp',
    line: FlowLine,
  ): string {
    const host = Buffer.from(values[`id.${side}_h`] ?? '', 'latin1');
    this.#cursor.reset(host, 0, host.length);
    if (!this.#cursor.address(0, end)) return `id.${side}_h: expected an IP address`;
    const port = Number(values[`id.${side}_p`]);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return `id.${side}_p: expected a port`;
    // For ICMP these are its type and code.
    end.port = line.protocol === 1 || line.protocol === 58 ? 0 : port;
    return '';
  }
}

const USED = new Set([...NEEDED, 'orig_bytes', 'resp_bytes', 'conn_state']);

/** `\x09`, or the character itself. */
function separatorOf(text: string): number {
  const escaped = /^\\x([0-9a-f]{2})/i.exec(text);
  return escaped === null ? text.charCodeAt(0) : Number.parseInt(escaped[1] ?? '', 16);
}

/** Epoch seconds with a fraction, or ISO 8601 as JSON logs may have it. */
function secondsOf(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) / 1000 : Number(text === '' ? Number.NaN : text);
}

/** -1 when neither was measured. */
function sumOf(...counts: readonly (string | undefined)[]): number {
  const measured = counts.map(Number).filter((count) => Number.isFinite(count) && count >= 0);
  return measured.length === 0 ? -1 : measured.reduce((sum, count) => sum + count, 0);
}
