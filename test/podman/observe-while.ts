import type { Engine } from '#engines';
import type { Observation } from '#model';

/**
 * Observes while `act` runs and until everything that happened meanwhile has been reported; `act`
 * resolves to what judges it. Everything that was seen.
 */
export async function observeWhile(
  engine: Engine,
  act: () => Promise<(observations: readonly Observation[]) => void>,
): Promise<readonly Observation[]> {
  const seen: Observation[] = [];
  const stop = new AbortController();
  let doneAt = Number.POSITIVE_INFINITY;
  let acting: Promise<(observations: readonly Observation[]) => void> | null = null;
  for await (const batch of engine.observe(stop.signal)) {
    seen.push(...batch);
    if (acting === null && batch.some(({ kind }) => kind === 'snapshot-end')) {
      acting = act().finally(() => {
        doneAt = Date.now();
      });
      // Awaited below; until then its failure must not count as unhandled.
      acting.catch(() => {});
    }
    // What happened before a watermark has all been reported.
    if (batch.some((each) => each.kind === 'watermark' && each.at >= doneAt)) stop.abort();
  }
  const judge = await acting;
  judge?.(seen);
  return seen;
}
