import type { Cost } from './cost.ts';

/** What to do, and what stays: the output of {@link planFixes}. Lists are in the order of names. */
export interface FixPlan {
  readonly fixPoints: readonly FixPoint[];
  /** What is built, parents first; images of one level can be built side by side. */
  readonly levels: readonly (readonly Build[])[];
  readonly unfixable: readonly Unfixable[];
  /** Of everything that is built. */
  readonly teams: readonly string[];
  readonly cost: Cost;
  /** Proven: no plan costs less. */
  readonly optimal: boolean;
  /** No plan costs less than this, in the order of {@link Cost}; the cost itself where it is optimal. */
  readonly bound: Cost;
  /** How often the dynamic program ran: what the budget counts. The same for the same problem, whatever the machine. */
  readonly explored: number;
}

/** An image whose own source, base reference, or both must change. */
export interface FixPoint {
  readonly image: string;
  readonly name: string;
  readonly team: string | null;
  readonly change: 'own-source' | 'base-reference' | 'both';
  /** The base to move to. */
  readonly to: { readonly image: string; readonly name: string } | null;
  /** What the change removes. */
  readonly packages: readonly ChangedPackage[];
  readonly reason: string;
}

export interface ChangedPackage {
  readonly purl: string;
  readonly fixed: string | null;
  readonly layer: number | null;
}

export interface Build {
  readonly image: string;
  readonly name: string;
  readonly team: string | null;
  readonly instances: number;
  /** Id of the image whose content after the plan is its base; null: none, foreign, or pinned to what it is. */
  readonly from: string | null;
  readonly reason: string;
}

export type UnfixableReason =
  | 'no-fix-published'
  | 'no-build-source'
  | 'base-not-ours'
  | 'copied-from-elsewhere'
  | 'downloaded-by-hand'
  /** It could be removed, and a plan that does leaves as many unfixed, or more. */
  | 'outweighed'
  /** The budget ended before a plan was found that fixes it; there may be one. */
  | 'search-stopped';

/** A package that a required image still holds when the plan is carried out. */
export interface Unfixable {
  readonly image: string;
  readonly name: string;
  readonly team: string | null;
  readonly purl: string;
  readonly why: UnfixableReason;
  readonly explanation: string;
  readonly instances: number;
}
