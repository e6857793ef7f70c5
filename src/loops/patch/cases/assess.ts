import type { CaseData } from '#model';
import { affectedImages, excusesByInstance } from '../affected/affected.ts';
import { affectedBy } from '../affected/holdings.ts';
import { findVulnerability, type Vulnerability } from '../affected/vulnerability.ts';
import type { Excuse } from '../excuses/excuse-book.ts';
import { momentOf } from '../running/moment.ts';
import type { PatchView } from '../view.ts';
import { isOutdated } from './live-verdicts.ts';

/** Who holds a vulnerability now. */
export interface Assessment {
  /** Null: no record speaks of it any more. */
  readonly vulnerability: Vulnerability | null;
  /** Running instances that hold it → why that is excused, or null. */
  readonly holding: ReadonlyMap<string, Excuse | null>;
}

export function assess(view: PatchView, id: string, current: CaseData | null): Assessment {
  const vulnerability = findVulnerability(view.advisories, id);
  const moment = momentOf(null, view.running, view.instances);
  const excuses = view.excuses.excusesOf([id, ...(vulnerability?.aliases ?? [])], view.clock());
  const images = affectedImages(affectedBy(vulnerability?.records ?? [], view.lists), moment, excuses);
  const holding = new Map(excusesByInstance(images, excuses));
  if (vulnerability === null || vulnerability.withdrawn !== null) return { vulnerability, holding };
  const live = view.verdicts.of(current);
  if (isOutdated(live, vulnerability.records)) return { vulnerability, holding };
  for (const instance of live.clean) holding.delete(instance);
  for (const instance of live.holding) {
    const running = holding.has(instance) ? null : moment.one(instance);
    if (running !== null) holding.set(instance, excuses.ofInstance(running));
  }
  return { vulnerability, holding };
}
