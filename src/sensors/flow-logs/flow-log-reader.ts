import type { Instant } from '#model';

import type { AddressResolver } from './address-resolver.ts';
import { ConntrackLines } from './conntrack-lines.ts';
import { BATCH, FlowBatch, type FlowLogLine } from './flow-batch.ts';
import { FlowLine, type LineFormat } from './flow-line.ts';
import { FlowLogCounters, type FlowLogSummary } from './flow-log-counters.ts';
import { FlowLogError } from './flow-log-error.ts';
import { type FlowLogRow, FlowTable } from './flow-table.ts';
import { isBinary, lookOf } from './look-of-bytes.ts';
import { VpcLines } from './vpc-lines.ts';
import { ZeekLines } from './zeek-lines.ts';

export type FlowLogFormat = 'vpc' | 'zeek' | 'conntrack';

/** A line that is longer is no line of any format: real ones have some hundred bytes. */
export const MAX_LINE_BYTES = 1 << 20;
/** So many lines without one of the format, and the file is another. */
const LINES_BEFORE_REFUSAL = 100;
/** So many rows fit into the second-level cache, and die young once they are drained: more were slower. */
const DEFAULT_MAX_ROWS = 16_384;
const STATE_VERSION = 1;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export interface FlowLogReaderOptions {
  readonly format: FlowLogFormat;
  readonly resolver: AddressResolver;
  /** The time of conntrack lines that have none: when the list was taken. */
  readonly capturedAt?: Instant;
  /** Told of every flow, in order, with its line number. Slows reading down. */
  readonly onLine?: (line: FlowLogLine) => void;
  /** Rows that are kept before {@link FlowLogReader.drain} is due; at least 1024. */
  readonly maxRows?: number;
  /** From {@link FlowLogReader.state}: goes on where that left off. */
  readonly state?: string;
}

export interface Pushed {
  /** Bytes of the chunk that are done; the rest has to be pushed again, with what follows it. */
  readonly consumed: number;
  /** The table is full: drain, then push the rest. */
  readonly full: boolean;
}

/**
 * Reads a flow log in chunks, names both ends of every flow as of its own time and adds equal calls up
 * per minute. Its memory does not grow with the log.
 *
 * It takes whole lines only. After {@link drain} its {@link state} and the number of bytes consumed so
 * far say all that is needed to go on later, in another process: store the three together.
 */
export class FlowLogReader {
  /** Told of every flow from the next chunk on; while it is null, reading is twice as fast. */
  onLine: ((line: FlowLogLine) => void) | null;
  readonly #format: FlowLogFormat;
  readonly #resolver: AddressResolver;
  readonly #lines: LineFormat;
  readonly #line = new FlowLine();
  readonly #batch = new FlowBatch();
  readonly #table: FlowTable;
  readonly #counters = new FlowLogCounters();
  /** In a line that is too long to be one: everything up to its end is left out. */
  #insideLongLine = false;
  /** How the first malformed line looked, for the refusal. */
  #look: string | null = null;

  /** @throws FlowLogError when the state is of another format or version. */
  constructor(options: FlowLogReaderOptions) {
    this.#format = options.format;
    this.#resolver = options.resolver;
    this.onLine = options.onLine ?? null;
    this.#table = new FlowTable(Math.max(1024, options.maxRows ?? DEFAULT_MAX_ROWS));
    const state = options.state === undefined ? null : this.#restored(options.state);
    this.#lines = LINES[options.format](options, state?.lines);
  }

  /**
   * Reads the whole lines of a chunk; the last one without an end too when `final`. A caller's chunk
   * must be able to grow beyond {@link MAX_LINE_BYTES} for this to get on.
   * @throws FlowLogError when the file is of another format. Nothing of it was taken.
   */
  push(bytes: Uint8Array, final: boolean): Pushed {
    if (this.#counters.lines === 0 && !this.#insideLongLine && isBinary(bytes)) this.#refuse(lookOf(bytes));
    let at = 0;
    while (at < bytes.length && !this.#full) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline < 0) break;
      this.#take(bytes, at, newline);
      at = newline + 1;
    }
    if (!this.#full) at = this.#takeRest(bytes, at, final);
    this.#settle();
    if (final && at === bytes.length) this.#refuseForeign(1);
    return { consumed: at, full: this.#full };
  }

  /** Takes all rows out. Their holders are the resolver's numbers; a row may come again later. */
  drain(): FlowLogRow[] {
    const rows = this.#table.drain((number) => this.#batch.ipv6Text(number));
    this.#batch.forgetIpv6();
    return rows;
  }

  summary(): FlowLogSummary {
    return this.#counters.summary();
  }

  /** JSON, complete only when the rows are drained. */
  state(): string {
    const state: ReaderState = {
      version: STATE_VERSION,
      format: this.#format,
      lines: this.#lines.state(),
      summary: this.#counters.summary(),
      recognised: this.#counters.recognised,
      insideLongLine: this.#insideLongLine,
    };
    return JSON.stringify(state);
  }

  get #full(): boolean {
    return this.#table.room < BATCH;
  }

  #take(bytes: Uint8Array, start: number, newline: number): void {
    const end = newline > start && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
    const counters = this.#counters;
    counters.lines += 1;
    if (this.#insideLongLine || newline - start > MAX_LINE_BYTES) {
      this.#insideLongLine = false;
      counters.problem(counters.lines, 'the line is longer than 1 MiB');
      return;
    }
    const kind = end === start ? 'ignored' : this.#lines.parse(bytes, start, end, this.#line);
    if (kind === 'flow') {
      counters.recognised += 1;
      this.#batch.append(this.#line, counters.lines);
      if (this.#batch.count === BATCH) this.#settle();
    } else if (kind === 'malformed') {
      this.#look ??= lookOf(bytes.subarray(start, end));
      counters.problem(counters.lines, this.#line.problem);
      this.#refuseForeign(LINES_BEFORE_REFUSAL);
    } else {
      if (end !== start) counters.recognised += 1;
      if (kind === 'no-data') counters.noData += 1;
      else counters.ignored += 1;
    }
  }

  /** What follows the last newline; returns up to where it is done. */
  #takeRest(bytes: Uint8Array, at: number, final: boolean): number {
    if (final && (at < bytes.length || this.#insideLongLine)) {
      this.#take(bytes, at, bytes.length);
      return bytes.length;
    }
    if (bytes.length - at > MAX_LINE_BYTES) this.#insideLongLine = true;
    return this.#insideLongLine ? bytes.length : at;
  }

  /** Names the lines that were read, and adds them up. */
  #settle(): void {
    const batch = this.#batch;
    if (batch.count === 0) return;
    batch.resolve(this.#resolver);
    for (let index = 0; index < batch.count; index += 1) {
      this.#count(index);
      this.#table.add(batch, index);
      this.onLine?.(batch.describe(index));
    }
    batch.count = 0;
  }

  #count(index: number): void {
    const counters = this.#counters;
    const at = this.#batch.from[index] as number; // within the batch
    const client = (this.#batch.clientHolder[index] as number) >= 0;
    const server = (this.#batch.serverHolder[index] as number) >= 0;
    if (client && server) counters.named += 1;
    else if (client || server) counters.halfNamed += 1;
    else counters.unnamed += 1;
    if (at < counters.firstAt) counters.firstAt = at;
    if (at > counters.lastAt) counters.lastAt = at;
  }

  #refuseForeign(limit: number): void {
    const { recognised, malformed } = this.#counters;
    if (recognised === 0 && malformed >= limit) this.#refuse(this.#look);
  }

  #refuse(look: string | null): never {
    const first = this.#counters.summary().problems[0];
    // What begins like the format itself and is not in it looks like nothing else.
    const other = look?.includes(`--format ${this.#format}`) === true ? null : look;
    throw new FlowLogError(
      `this is no ${TITLES[this.#format]}${other === null ? '' : `; it looks like ${other}`}`,
      {
        next: 'Say what it is with --format vpc, zeek or conntrack.',
        detail: first === undefined ? [] : [`line ${first.line}: ${first.problem}`],
      },
    );
  }

  #restored(text: string): ReaderState {
    const state = JSON.parse(text) as ReaderState; // written by state()
    if (state.version !== STATE_VERSION || state.format !== this.#format) {
      throw new FlowLogError(
        `the import was begun as ${state.format}, in a way that can't be continued as ${this.#format}`,
        {
          next: 'Begin it again.',
        },
      );
    }
    this.#insideLongLine = state.insideLongLine;
    this.#counters.restore(state.summary, state.recognised);
    return state;
  }
}

interface ReaderState {
  readonly version: number;
  readonly format: FlowLogFormat;
  readonly lines: unknown;
  readonly summary: FlowLogSummary;
  readonly recognised: number;
  readonly insideLongLine: boolean;
}

const TITLES: Readonly<Record<FlowLogFormat, string>> = {
  vpc: 'VPC flow log',
  zeek: 'Zeek conn.log',
  conntrack: 'conntrack output',
};

const LINES: Readonly<Record<FlowLogFormat, (options: FlowLogReaderOptions, state: unknown) => LineFormat>> =
  {
    vpc: (options, state) => new VpcLines(options.resolver, state),
    zeek: (_, state) => new ZeekLines(state),
    conntrack: (options, state) => new ConntrackLines(options.capturedAt ?? null, state),
  };
