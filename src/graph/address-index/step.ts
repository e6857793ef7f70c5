/**
 * How many questions are answered in step. Each is a chain of cache misses (memory is some 100 ns
 * away); in step, as many chains wait at the same time. More than 32 were slower, fewer than 16 too.
 */
export const STEP = 32;

/** So many questions of longer arrays, {@link STEP} at most. */
export interface StepRange {
  readonly from: number;
  readonly count: number;
}
