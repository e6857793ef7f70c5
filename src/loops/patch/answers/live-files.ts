import type { AffectedAnswer } from '#model';
import type { AffectedImage } from '../affected/affected.ts';
import type { Vulnerability } from '../affected/vulnerability.ts';
import { isOutdated } from '../cases/live-verdicts.ts';
import type { Moment } from '../running/moment.ts';
import { imagesOf } from '../running/running-now.ts';
import type { AffectedView } from '../view.ts';

/**
 * Where the files of what runs, as the last proof read them, say otherwise than its images: something was
 * upgraded or installed by hand. Null: nobody looked, or they agree.
 */
export function liveFilesOf(
  { graph, verdicts }: AffectedView,
  { id, records }: Vulnerability,
  { moment, images }: { readonly moment: Moment; readonly images: readonly AffectedImage[] },
): AffectedAnswer['liveFiles'] {
  const { at, ...live } = verdicts.of(graph.one('case', id)?.data ?? null);
  if (at === null || isOutdated({ at, ...live }, records)) return null;
  const affected = new Set(images.map((image) => image.id));
  const isCounted = (instance: string): boolean | null => {
    const running = moment.one(instance);
    return running === null ? null : imagesOf(running).some((image) => affected.has(image));
  };
  const without = [...live.clean].filter((each) => isCounted(each) === true);
  const besides = [...live.holding].filter((each) => isCounted(each) === false);
  return without.length + besides.length === 0 ? null : { at, without, besides };
}
