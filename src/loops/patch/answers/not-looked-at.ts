import type { AffectedAnswer } from '#model';
import type { Moment } from '../running/moment.ts';
import type { AffectedView } from '../view.ts';

type NotLookedAt = AffectedAnswer['notLookedAt'][number];

/** What ran and whose packages are not, or not all, known; and of a vulnerability, what no advisory can speak of. */
export function notLookedAt(
  view: AffectedView,
  moment: Moment,
  kind: AffectedAnswer['kind'],
): readonly NotLookedAt[] {
  const unspoken = kind === 'vulnerability' ? view.lists.unspoken.bind(view.lists) : () => null;
  const found: NotLookedAt[] = [];
  for (const image of moment.images()) {
    const reason = view.reader.missing(image) ?? unspoken(image);
    if (reason === null) continue;
    found.push({ image: view.images.nameOf(image), reason, instances: moment.ofImage(image).size });
  }
  return [...found, ...withoutImage(moment)];
}

function withoutImage(moment: Moment): Iterable<NotLookedAt> {
  const others = new Map<string, NotLookedAt>();
  for (const id of moment.withoutImage()) {
    const instance = moment.one(id);
    if (instance === null) continue;
    const isProcess = instance.kind === 'process';
    const image = isProcess ? instance.node : (instance.images.find((each) => each.id === null)?.name ?? '');
    const reason = isProcess
      ? `processes of the machine itself: only verify reads its packages`
      : `the engine does not tell which image this is`;
    const known = others.get(`${image}\n${reason}`);
    others.set(`${image}\n${reason}`, { image, reason, instances: (known?.instances ?? 0) + 1 });
  }
  return others.values();
}
