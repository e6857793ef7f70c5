import type { Observation } from '#model';

/** Producers wait above this: 50,000 observations are some 25 MB. */
const WAITING_MAX = 50_000;

/** Between the parts that observe and the one reader, who takes everything that waits at once. */
export class ObservationQueue {
  #waiting: Observation[] = [];
  #ended = false;
  #wakeReader: (() => void) | null = null;
  #wakeProducers: (() => void)[] = [];

  push(observations: readonly Observation[]): void {
    if (this.#ended || observations.length === 0) return;
    for (const observation of observations) this.#waiting.push(observation);
    this.#wakeReader?.();
  }

  /** Resolves when there is room, so that a slow reader slows the engine's stream down. */
  async room(): Promise<void> {
    while (this.#waiting.length > WAITING_MAX && !this.#ended) {
      await new Promise<void>((resolve) => this.#wakeProducers.push(resolve));
    }
  }

  /** Everything that waits, or what comes next; null at the end. */
  async take(): Promise<readonly Observation[] | null> {
    while (this.#waiting.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeReader = null;
    }
    const batch = this.#waiting;
    this.#waiting = [];
    this.#wake();
    return batch;
  }

  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#wakeProducers;
    this.#wakeProducers = [];
    for (const wake of waiting) wake();
  }
}
