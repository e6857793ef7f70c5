/** Results in the order in which they are done; at most `jobs` at work at once. Once `stopped`, none begins. */
export async function* pooled<Item, Result>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<Result>,
  stopped: AbortSignal,
): AsyncIterable<Result> {
  const waiting = [...items];
  const running = new Map<number, Promise<readonly [key: number, result: Result]>>();
  for (let key = 0; waiting.length > 0 || running.size > 0;) {
    if (stopped.aborted) waiting.length = 0;
    while (running.size < jobs && waiting.length > 0) {
      const [item] = waiting.splice(0, 1);
      const own = key++;
      // `as`: the list is not empty, and Item may include undefined.
      running.set(
        own,
        work(item as Item).then((result) => [own, result] as const),
      );
    }
    if (running.size === 0) return;
    const [done, result] = await Promise.race(running.values());
    running.delete(done);
    yield result;
  }
}
