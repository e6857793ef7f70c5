import type { AdoptLogger } from './adopt-loop.ts';

/**
 * Tells of a disk that can't be written when it begins and when it is over, not for each of the many
 * attempts between: they would fill the log, which may be on the same disk.
 */
export class WriteTrouble {
  readonly #logger: AdoptLogger;
  /** What is written. */
  readonly #what: string;
  /** Attempts in a row that failed. */
  #failures = 0;

  constructor(logger: AdoptLogger, what: string) {
    this.#logger = logger;
    this.#what = what;
  }

  failed(error: unknown): void {
    this.#failures++;
    if (this.#failures > 1) return;
    this.#logger.error('could not write; trying again', { what: this.#what, error: String(error) });
  }

  succeeded(): void {
    if (this.#failures > 0)
      this.#logger.info('can write again', { what: this.#what, attempts: this.#failures });
    this.#failures = 0;
  }
}
