import type { Instant } from '#model';
import type { View } from './view.ts';

/** When anything was observed first, as far as the record still tells; null: nothing was yet. */
export function observationBegan({ graph }: View): Instant | null {
  const engines = [...graph.all('source')]
    .filter(({ data }) => data.kind === 'engine')
    .map(({ subject }) => graph.facts.firstSaid(subject));
  // Of days that are no longer kept the record tells only that there was something.
  const dropped = [...graph.all('segment')]
    .filter(({ data }) => data.state === 'dropped')
    .map(({ data }) => Date.parse(`${data.day}T00:00:00Z`));
  const began = Math.min(...engines, ...dropped);
  return Number.isFinite(began) ? began : null;
}
