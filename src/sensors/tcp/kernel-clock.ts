import type { Clock, Instant } from '#model';

/** Nanoseconds of CLOCK_MONOTONIC, the clock of the kernel's own time stamps. */
export type MonotonicClock = () => number;

/** The offset is measured again after this time: 20 ppm of drift are 0.2 ms by then. */
const MEASURE_EVERY_NS = 10e9;
/** A coarse comparison off by more than this means that somebody set the clock. */
const STEP_MS = 2;
/** Differences below the error of a measurement are not followed, so that the order is kept. */
const TOLERANCE_MS = 0.05;
/** A tick of the wall clock is awaited for this long at most; a whole one takes 1 ms. */
const WAIT_NS = 3e6;
/** More readings than that time has room for: clocks that stand still end the wait too. */
const READINGS_MAX = 100_000;
/** A tick is located well enough when the two readings around it are this close. */
const WINDOW_NS = 20_000;

/**
 * Turns the kernel's monotonic time stamps into Unix time. The wall clock that is handed in may
 * only count whole milliseconds (`Date.now`), so the offset is measured at the moment of a tick:
 * exact to about 20 µs, for at most 3 ms of waiting every 10 s.
 */
export class KernelClock {
  readonly #clock: Clock;
  readonly #monotonic: MonotonicClock;
  #offsetMs: number;
  #measuredAt: number;

  constructor(clock: Clock, monotonic: MonotonicClock = monotonicNow) {
    this.#clock = clock;
    this.#monotonic = monotonic;
    this.#offsetMs = this.#measure();
    this.#measuredAt = monotonic();
  }

  /** Unix time of a kernel time stamp in nanoseconds. */
  instant(nanoseconds: number): Instant {
    return nanoseconds / 1e6 + this.#offsetMs;
  }

  /** The kernel's time now, in nanoseconds. */
  nanoseconds(): number {
    return this.#monotonic();
  }

  /** Call now and then: follows drift, suspension and a clock that was set. */
  refresh(): void {
    const now = this.#monotonic();
    const stepped = Math.abs(this.#clock() - this.instant(now)) > STEP_MS;
    if (!stepped && now - this.#measuredAt < MEASURE_EVERY_NS) return;
    const offsetMs = this.#measure();
    this.#measuredAt = now;
    if (Math.abs(offsetMs - this.#offsetMs) > TOLERANCE_MS) this.#offsetMs = offsetMs;
  }

  /** Waits for a tick; keeps the tick with the closest readings around it. */
  #measure(): number {
    const start = this.#monotonic();
    let before = start;
    let earlier = this.#clock();
    let best = earlier - start / 1e6;
    let bestWindow = Number.POSITIVE_INFINITY;
    for (let reading = 0; reading < READINGS_MAX && before - start < WAIT_NS; reading += 1) {
      if (bestWindow <= WINDOW_NS) break;
      const instant = this.#clock();
      const after = this.#monotonic();
      if (instant !== earlier && after - before < bestWindow) {
        bestWindow = after - before;
        best = instant - (before + after) / 2e6;
      }
      earlier = instant;
      before = after;
    }
    return best;
  }
}

/** Node's high-resolution time is CLOCK_MONOTONIC. */
function monotonicNow(): number {
  return Number(process.hrtime.bigint());
}
