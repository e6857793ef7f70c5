import type { Instant } from '#model';
import { until } from './until.ts';

/** How often an engine or sensor that looks again and again has looked: each look ends with a later watermark. */
export class Looks {
  #watermark = Number.NEGATIVE_INFINITY;
  #count = 0;

  watermark(at: Instant): void {
    if (at <= this.#watermark) return;
    this.#watermark = at;
    this.#count += 1;
  }

  /** So many more looks, each of which has begun after this was called. */
  async more(count: number): Promise<void> {
    const wanted = this.#count + count + (this.#count === 0 ? 0 : 1);
    await until(() => this.#count >= wanted);
  }
}
