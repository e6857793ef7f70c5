import type { Clock } from '#model';
import type { Rate } from './options.ts';

/** A token bucket: `take` answers 0, or how many seconds to wait. */
export interface RateLimit {
  take(): number;
}

export function createRateLimit(rate: Rate, clock: Clock): RateLimit {
  let available = rate.burst;
  let countedAt = clock();
  return {
    take() {
      const now = clock();
      // A clock that steps back must not take tokens away.
      const passedMs = Math.max(0, now - countedAt);
      countedAt = now;
      available = Math.min(rate.burst, available + (passedMs / 1000) * rate.perSecond);
      if (available < 1) return Math.ceil((1 - available) / rate.perSecond);
      available -= 1;
      return 0;
    },
  };
}
