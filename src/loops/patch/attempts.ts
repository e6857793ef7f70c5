import type { Instant } from '#model';

/** How often something was tried in vain, and when last. */
export interface Attempts {
  readonly count: number;
  readonly last: Instant;
}

/** After how long it is tried again: twice as long each time, up to the most. In milliseconds. */
export interface Waits {
  readonly first: number;
  readonly most: number;
}

export function oneMore(attempts: Attempts | undefined, now: Instant): Attempts {
  return { count: (attempts?.count ?? 0) + 1, last: now };
}

/** Also where the clock was set back since: who waited for it would wait as long as that. */
export function isDueAgain({ count, last }: Attempts, { first, most }: Waits, now: Instant): boolean {
  return now < last || now >= last + Math.min(first * 2 ** (count - 1), most);
}
