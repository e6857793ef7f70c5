/** How long a registry may take; all in milliseconds. */
export interface RegistryTiming {
  /** From asking to the head of the answer, connecting included. */
  readonly answerMs: number;
  /** Without a single byte. */
  readonly idleMs: number;
  /** A body may take this long, and {@link leastBytesPerSecond} more for each of its bytes. */
  readonly bodyMs: number;
  readonly leastBytesPerSecond: number;
  /** Before the second attempt; doubled before each further one. */
  readonly backoffMs: number;
  /** What asks for more patience than this has failed. */
  readonly retryAfterMsMax: number;
  /** Attempts of one request, and of one blob without a byte in between. */
  readonly attemptsMax: number;
}

/**
 * A slow office line carries 100 kB/s: a layer of 200 MB in 34 minutes, at the least rate in 3.5
 * hours. A registry that works answers within a second; hosted ones ask for up to a minute's patience.
 */
export const REGISTRY_TIMING: RegistryTiming = {
  answerMs: 30_000,
  idleMs: 30_000,
  bodyMs: 60_000,
  leastBytesPerSecond: 16_384,
  backoffMs: 500,
  retryAfterMsMax: 60_000,
  attemptsMax: 5,
};
