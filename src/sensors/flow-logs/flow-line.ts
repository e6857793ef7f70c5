import type { FlowVerdict } from '#model';

/** In a row and a line, a verdict is its place in this list. */
export const VERDICTS: readonly FlowVerdict[] = [
  'unknown',
  'established',
  'refused',
  'unanswered',
  'blocked',
];
export const UNKNOWN = 0;
export const ESTABLISHED = 1;
export const REFUSED = 2;
export const UNANSWERED = 3;
export const BLOCKED = 4;

/** What a line turned out to be. */
export type LineKind = 'flow' | 'no-data' | 'header' | 'ignored' | 'malformed';

/** One end, as numbers: `ipv4`, or where `ipv6` is not empty that. */
export class LineEnd {
  ipv4 = 0;
  /** Canonical text; empty for IPv4. */
  ipv6 = '';
  port = 0;
}

/**
 * What one line says. A reader has one, which every line overwrites: at a million lines a second
 * there is no time for objects.
 */
export class FlowLine {
  /** The connection was opened at some moment between the two, both included; Unix milliseconds. */
  from = 0;
  to = 0;
  /** IANA number. */
  protocol = 0;
  client = new LineEnd();
  server = new LineEnd();
  verdict = UNKNOWN;
  /** 0 where the line only adds bytes. */
  connections = 1;
  /** -1: not measured. */
  bytes = -1;
  /** For a malformed line: what was expected. */
  problem = '';

  /** Turns the line round: what was read as the client is the server. */
  swapEnds(): void {
    const { client } = this;
    this.client = this.server;
    this.server = client;
  }
}

/** One format's reading of lines; remembers what its headers said. */
export interface LineFormat {
  /**
   * Reads the line in `bytes` from `start` up to `end` (its end-of-line left out) into `line`.
   * @throws FlowLogError when a header says that nothing of the file can be read.
   */
  parse(bytes: Uint8Array, start: number, end: number, line: FlowLine): LineKind;
  /** What the headers said, as JSON, to go on later from the middle of the file. */
  state(): unknown;
}
