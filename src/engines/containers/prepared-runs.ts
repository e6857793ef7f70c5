import type { Instant } from '#model';

/**
 * From a container's network to its start event in the API: 50 ms and the engine's lag, idle. When
 * podman has replaced its event log, its API reads the new one from the beginning: events came up to
 * 3.4 s late on a busy machine.
 */
const STARTS_WITHIN_MS = 5000;

/**
 * Runs that podman has prepared and not yet reported as started. While there are some, nobody may
 * say that everything up to now has been reported.
 */
export class PreparedRuns {
  readonly #at = new Map<string, Instant>();

  add(id: string, at: Instant): void {
    this.#at.set(id, at);
  }

  /** Its start was reported at `at`, or it will never start. */
  settled(id: string, at: Instant): void {
    if ((this.#at.get(id) ?? at) <= at) this.#at.delete(id);
  }

  /** When the oldest of them was prepared; forgets those that will hardly start any more. */
  oldest(now: Instant): Instant {
    let oldest = Number.POSITIVE_INFINITY;
    for (const [id, at] of this.#at) {
      if (now - at > STARTS_WITHIN_MS) this.#at.delete(id);
      else oldest = Math.min(oldest, at);
    }
    return oldest;
  }
}
