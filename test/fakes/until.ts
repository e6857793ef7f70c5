import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 20_000;

/** Until it is so. @throws Error that shows the condition when that takes too long. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not in ${DEADLINE_MS} ms: ${condition.toString()}`);
    await delay(5);
  }
}
