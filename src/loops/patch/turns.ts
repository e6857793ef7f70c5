/** How long work goes on in one go before others have their turn. */
const SLICE_MS = 8;

/**
 * To be awaited after each step of long work: once its time is up, everything else that waits goes first.
 * `true` gives way at once.
 */
export function turns(): (now?: boolean) => Promise<void> {
  let until = performance.now() + SLICE_MS;
  return async (now = false) => {
    if (!now && performance.now() < until) return;
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + SLICE_MS;
  };
}
