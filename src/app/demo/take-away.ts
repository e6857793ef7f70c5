/** How to take away one thing that was started. */
export type TakeAway = () => void | Promise<void>;

/**
 * Takes away what was started, the latest first, all of it also where one step fails.
 *
 * @throws the first thing that went wrong, when everything was tried
 */
export async function takeAway(started: readonly TakeAway[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of started.toReversed()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
