import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock, FlowEvent } from '#model';
import type { HelperReader } from '../helper/helper-process.ts';
import { LineSplitter } from '../helper/line-splitter.ts';
import type { ConntrackTimeouts } from './conntrack-timeouts.ts';
import { TrackedFlows } from './tracked-flows.ts';

/**
 * conntrack prints an event as soon as the kernel sends it, and has no mark of its own: what happened
 * this long ago is taken as reported.
 */
const DELAY_MS = 1_000;

/** Where the list can't be read, it is tried again after so many ticks of 250 ms. */
const LIST_AGAIN_TICKS = 40;

const LOST = /ENOBUFS/g;
const LOST_REASON =
  'the kernel sent tracking events faster than conntrack could read them; it does not say how many were lost (at least one), and the list is read again';

export interface ConntrackReaderOptions {
  readonly clock: Clock;
  readonly timeouts: ConntrackTimeouts;
  /** Path of conntrack. */
  readonly conntrack: string;
}

/** Reads one run of `conntrack -E`; reads the whole list at its beginning and after every loss. */
export class ConntrackReader implements HelperReader {
  readonly #options: ConntrackReaderOptions;
  readonly #flows: TrackedFlows;
  readonly #splitter = new LineSplitter();
  #listing: ChildProcess | null = null;
  /** Ticks until the list is read; null: it was. */
  #listIn: number | null = 0;
  #listed: FlowEvent[] = [];

  constructor(options: ConntrackReaderOptions) {
    this.#options = options;
    this.#flows = new TrackedFlows(options.clock, options.timeouts);
  }

  readOutput(chunk: Uint8Array): readonly FlowEvent[] {
    return this.#read(this.#splitter, chunk);
  }

  readErrors(chunk: Uint8Array): readonly FlowEvent[] {
    const count = Buffer.from(chunk).toString().match(LOST)?.length ?? 0;
    if (count === 0) return [];
    this.#listIn = 0;
    return [{ kind: 'lost', at: this.#options.clock(), count, reason: LOST_REASON }];
  }

  tick(): readonly FlowEvent[] {
    if (this.#listing === null && this.#listIn !== null) {
      if (this.#listIn === 0) this.#list();
      else this.#listIn -= 1;
    }
    const listed = this.#listed;
    this.#listed = [];
    return [...listed, { kind: 'watermark', at: this.#options.clock() - DELAY_MS }];
  }

  stop(): void {
    this.#listing?.kill('SIGKILL');
  }

  #list(): void {
    this.#listIn = null;
    const splitter = new LineSplitter();
    const listing = spawn(this.#options.conntrack, ['-L', '-o', 'id'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#listing = listing;
    listing.stdout.on('data', (chunk: Uint8Array) => {
      for (const event of this.#read(splitter, chunk)) this.#listed.push(event);
    });
    const ended = (code: number | null): void => {
      this.#listing = null;
      if (code !== 0) this.#listIn ??= LIST_AGAIN_TICKS;
    };
    listing.on('error', () => ended(null));
    listing.on('close', ended);
  }

  #read(splitter: LineSplitter, chunk: Uint8Array): FlowEvent[] {
    const events: FlowEvent[] = [];
    splitter.push(chunk, (bytes, from, until) => {
      const event = this.#flows.read(
        Buffer.from(bytes.buffer, bytes.byteOffset + from, until - from).toString(),
      );
      if (event !== null) events.push(event);
    });
    return events;
  }
}
