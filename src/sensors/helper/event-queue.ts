import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowEvent } from '#model';

/** Beyond this many events that nobody has taken, the helper's output is left in its pipe. */
const WAITING_MAX = 100_000;

/**
 * Batches are at least this far apart. A helper writes line by line; at 30,000 lines a second a batch
 * for each would cost more than the lines.
 */
const BATCH_EVERY_MS = 5;

/** Events on their way from a helper's callbacks to the one who iterates over them. */
export class EventQueue {
  #waiting: FlowEvent[] = [];
  #closed = false;
  #wake: (() => void) | null = null;
  #takenAt = 0;
  /** Called when there is room again. */
  onRoom: (() => void) | null = null;

  /** Whether the producer should pause. */
  get full(): boolean {
    return this.#waiting.length >= WAITING_MAX;
  }

  push(events: readonly FlowEvent[]): void {
    if (events.length === 0 || this.#closed) return;
    if (this.#waiting.length === 0) this.#waiting = [...events];
    else for (const event of events) this.#waiting.push(event);
    this.#wake?.();
  }

  /** Nothing more comes; what waits is still handed out. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** All that waits, or the next that comes; null when it is closed and empty. */
  async take(): Promise<readonly FlowEvent[] | null> {
    if (performance.now() - this.#takenAt < BATCH_EVERY_MS) await sleep(BATCH_EVERY_MS);
    while (this.#waiting.length === 0 && !this.#closed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = null;
    }
    if (this.#waiting.length === 0) return null;
    const taken = this.#waiting;
    this.#waiting = [];
    this.#takenAt = performance.now();
    this.onRoom?.();
    return taken;
  }
}
