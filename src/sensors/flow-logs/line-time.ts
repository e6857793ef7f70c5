/** 2000-01-01 and 2100-01-01: what lies outside is no time of a flow but another unit, or garbage. */
const EARLIEST_SECONDS = 946_684_800;
const LATEST_SECONDS = 4_102_444_800;

export const TIME_EXPECTED = 'expected Unix seconds between the years 2000 and 2100';

export function isPlausible(seconds: number): boolean {
  return seconds >= EARLIEST_SECONDS && seconds < LATEST_SECONDS;
}
