import type { Clock, Instant } from '#model';

import { ProcError } from './proc-error.ts';

/** A look may cost at most this part of one core; a longer pause follows a dearer look. */
const CPU_SHARE_MAX = 0.015;
/** Even so, nothing is older than this. */
const PAUSE_MS_MAX = 5_000;
/** Others run after so much work without a pause. */
const SLICE_MS = 4;
/** The contracts of engine and sensor ask for a watermark every 500 ms. */
const HEARTBEAT_MS = 400;
const RETRY_MS_MAX = 30_000;

export interface Poll<Event> {
  readonly signal: AbortSignal;
  readonly intervalMs: number;
  /** Wakes the poll up for {@link Poll.heartbeat} before its time. */
  readonly alarm: Alarm;
  /** Yields where others may run. A ProcError makes the next look come later. */
  look(pace: Pace): Generator<void, readonly Event[]>;
  /** What there is to say between looks, at least every 400 ms. */
  heartbeat(): readonly Event[];
  failed(error: ProcError): readonly Event[];
}

export interface Pace {
  /** How long the pause before this look was; longer than the interval when looks are dear. */
  readonly pauseMs: number;
  /** Processor time of the last look. */
  readonly cpuMs: number;
}

/** Looks again and again until the signal aborts; cheap by measuring itself. */
export async function* poll<Event>(options: Poll<Event>): AsyncGenerator<readonly Event[], void, undefined> {
  const { signal, intervalMs, alarm } = options;
  let pauseMs = intervalMs;
  let lastCpuMs = 0;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      const { result, cpuMs } = await inSlices(options.look({ pauseMs, cpuMs: lastCpuMs }));
      failures = 0;
      // The lesser of two: the first look, which reads everything, is no measure for the others.
      pauseMs = pauseAfter(Math.min(cpuMs, lastCpuMs), intervalMs);
      lastCpuMs = cpuMs;
      yield result;
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      failures += 1;
      pauseMs = Math.min(intervalMs * 2 ** failures, RETRY_MS_MAX);
      yield options.failed(error);
    }
    for (;;) {
      const leftMs = startedAt + pauseMs - performance.now();
      if (leftMs <= 0 || signal.aborted) break;
      await alarm.wait(Math.min(leftMs, HEARTBEAT_MS), signal);
      if (!signal.aborted) yield options.heartbeat();
    }
  }
}

export function pauseAfter(cpuMs: number, intervalMs: number): number {
  return Math.max(intervalMs, Math.min(cpuMs / CPU_SHARE_MAX, PAUSE_MS_MAX));
}

/** Runs the steps, lets others run between slices, and says what the steps cost. */
async function inSlices<Result>(
  steps: Generator<void, Result>,
): Promise<{ readonly result: Result; readonly cpuMs: number }> {
  let cpuMs = 0;
  for (;;) {
    const before = process.threadCpuUsage();
    const deadline = performance.now() + SLICE_MS;
    let step = steps.next();
    while (step.done !== true && performance.now() < deadline) step = steps.next();
    const used = process.threadCpuUsage(before);
    cpuMs += (used.user + used.system) / 1000;
    if (step.done === true) return { result: step.value, cpuMs };
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** A wait that can be cut short. */
export interface Alarm {
  ring(): void;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          wake = null;
          rung = false;
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        wake = done;
        if (rung || signal.aborted) done();
      }),
  };
}

/** Never goes back, so that a clock that is set back does not turn intervals around. */
export function forwardOnly(clock: Clock): Clock {
  let latest: Instant = Number.NEGATIVE_INFINITY;
  return () => {
    latest = Math.max(latest, clock());
    return latest;
  };
}
