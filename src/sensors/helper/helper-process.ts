import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { FlowEvent } from '#model';
import { EventQueue } from './event-queue.ts';

/** A program that a sensor runs and reads. */
export interface HelperCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What to do with what one run of it prints. */
export interface HelperReader {
  readOutput(chunk: Uint8Array): readonly FlowEvent[];
  readErrors(chunk: Uint8Array): readonly FlowEvent[];
  /** Called every 250 ms. */
  tick?(): readonly FlowEvent[];
}

/** How a run ended; null while it goes on. */
export interface HelperEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to standard error, for people. */
  readonly complaint: string;
}

const TICK_MS = 250;

/** What is kept of standard error. */
const COMPLAINT_LENGTH_MAX = 2_000;

/**
 * One run of a helper program, as batches of events. It is a session of its own, so that a Ctrl-C
 * meant for Sheerline does not reach it first. When Sheerline dies, the kernel ends it
 * (`endedWithParent`); without `setpriv`, its next write fails and ends it.
 */
export class HelperProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #queue = new EventQueue();
  readonly #reader: HelperReader;
  readonly #timer: NodeJS.Timeout;
  #silentTicks = 0;
  #complaint = '';
  #end: HelperEnd | null = null;

  constructor(command: HelperCommand, reader: HelperReader) {
    this.#reader = reader;
    this.#child = spawn(command.command, command.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: process.env['PATH'] ?? '', ...command.environment },
    });
    this.#child.stdout.on('data', (chunk: Uint8Array) => this.#take(this.#reader.readOutput(chunk)));
    this.#child.stderr.on('data', (chunk: Uint8Array) => this.#complain(chunk));
    this.#child.on('error', (error) => this.#finish({ code: null, signal: null, complaint: error.message }));
    this.#child.on('close', (code, signal) => this.#finish({ code, signal, complaint: this.#complaint }));
    this.#queue.onRoom = () => this.#child.stdout.resume();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  get pid(): number | null {
    return this.#end === null ? (this.#child.pid ?? null) : null;
  }

  get end(): HelperEnd | null {
    return this.#end;
  }

  /** How many ticks ago it last printed something, not counting pauses. A busy process ticks less. */
  get silentTicks(): number {
    return this.#silentTicks;
  }

  /** The next batch; null once it has ended and everything has been handed out. */
  next(): Promise<readonly FlowEvent[] | null> {
    return this.#queue.take();
  }

  /** Ends it; there is nothing that it would have to clean up. */
  kill(): void {
    if (this.#end === null) this.#child.kill('SIGKILL');
  }

  #take(events: readonly FlowEvent[]): void {
    this.#silentTicks = 0;
    this.#queue.push(events);
    if (this.#queue.full) this.#child.stdout.pause();
  }

  #complain(chunk: Uint8Array): void {
    this.#complaint = (this.#complaint + Buffer.from(chunk).toString()).slice(-COMPLAINT_LENGTH_MAX);
    this.#queue.push(this.#reader.readErrors(chunk));
  }

  #tick(): void {
    if (!this.#child.stdout.isPaused()) this.#silentTicks += 1;
    this.#queue.push(this.#reader.tick?.() ?? []);
  }

  #finish(end: HelperEnd): void {
    this.#end ??= end;
    clearInterval(this.#timer);
    this.#queue.close();
  }
}
