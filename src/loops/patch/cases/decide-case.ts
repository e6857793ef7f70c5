import type { CaseData, Instant } from '#model';
import { counted } from '../counted.ts';

/** A case, by its vulnerability. */
interface NamedCase {
  readonly id: string;
  readonly data: CaseData;
}

/** What the graph says of one vulnerability now. */
export interface CaseSituation {
  readonly now: Instant;
  /** Null: there was never a case. */
  readonly current: CaseData | null;
  /** Running instances that hold an affected package. */
  readonly holding: number;
  /** How many of them a waiver or a statement excuses. */
  readonly excused: number;
}

/** What is to be done about it. */
export type CaseAction =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly data: CaseData }
  /** Nothing is known to hold it any more: closes once a proof says so. */
  | { readonly kind: 'prove' };

/**
 * The same situation gives the same action, and after it none. What is wholly excused is not opened;
 * what is open stays open while something holds it, excused or not.
 */
export function decideCase({ now, current, holding, excused }: CaseSituation): CaseAction {
  if (current?.state === 'open') return holding === 0 ? { kind: 'prove' } : { kind: 'none' };
  if (holding === excused) return { kind: 'none' };
  const held = `${counted(holding, 'running instance')} ${holding === 1 ? 'holds' : 'hold'} it`;
  const reason = current === null ? held : `it came back: ${held}`;
  const reopened = current === null ? 0 : current.reopened + 1;
  return { kind: 'open', data: { state: 'open', reason, proof: null, openedAt: now, reopened } };
}

/**
 * A vulnerability got another id: what was open under the one goes on under the other, from when it was
 * opened first.
 *
 * @param known the other id's own case; null: there was never one
 */
export function joinedCases(
  open: NamedCase,
  id: string,
  known: CaseData | null,
): readonly [ended: CaseData, goesOn: CaseData] {
  const isBack = known?.state === 'closed';
  const openedAt =
    known === null || isBack ? open.data.openedAt : Math.min(known.openedAt, open.data.openedAt);
  return [
    { ...open.data, state: 'closed', reason: `it is ${id}, and goes on as that case` },
    {
      state: 'open',
      reason: `${open.id} is the same, and its case goes on here`,
      openedAt,
      reopened: known === null ? open.data.reopened : known.reopened + Number(isBack),
      proof: (isBack ? null : known?.proof) ?? open.data.proof,
    },
  ];
}
