import type { Clock } from '#model';

/**
 * Now, with a fraction of a millisecond, following the system's clock when it is set: the monotonic
 * clock alone would drift away from the times that the kernel and the engines stamp.
 */
export const preciseClock: Clock = () => {
  const precise = performance.timeOrigin + performance.now();
  const system = Date.now();
  return Math.abs(precise - system) < DRIFT_MS_MAX ? precise : system;
};

const DRIFT_MS_MAX = 2;
