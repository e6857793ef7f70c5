import type { Clock, Instant } from '#model';
import { LATEST, type Graph, type Locator, type Names } from '#graph';
import type { CallTable } from '../attribution/call-table.ts';

/** Everything that an answer is made from. */
export interface View {
  readonly graph: Graph;
  readonly names: Names;
  readonly locator: Locator;
  readonly calls: CallTable;
  readonly node: string;
  readonly clock: Clock;
}

/** The moment that a question is about, for the graph: without one, all that is known. */
export const momentOf = (at: Instant | null): Instant => at ?? LATEST;

/** The same for ownership, which begins at a moment: now, and no earlier than what is declared, whatever the clock says. */
export const ownershipMoment = (view: View, at: Instant): Instant =>
  at === LATEST ? Math.max(view.clock(), view.names.declaredAt) : at;
