/** What a statement rests on. The three are never merged into one field (invariant 2). */
export type Evidence =
  /** someone wrote it */
  | 'declared'
  /** a sensor or an engine saw it */
  | 'observed'
  /** a mechanism guarantees it */
  | 'enforced';

export const EVIDENCE: readonly Evidence[] = ['declared', 'observed', 'enforced'];
