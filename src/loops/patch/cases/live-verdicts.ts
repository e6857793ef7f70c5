import type { CaseData, Instant, ProofAnswer } from '#model';
import type { Store } from '#store';
import { getJson } from '../lists/stored-list.ts';

/** What a proof found in live root file systems: it counts more than what an image's list says. */
export interface LiveVerdicts {
  readonly at: Instant;
  readonly holding: ReadonlySet<string>;
  readonly clean: ReadonlySet<string>;
}

const NONE: LiveVerdicts = { at: 0, holding: new Set(), clean: new Set() };

/** The verdicts of proofs by their digests, read once. */
export class LiveVerdictBook {
  readonly #store: Store;
  readonly #known = new Map<string, LiveVerdicts>();

  constructor(store: Store) {
    this.#store = store;
  }

  of(data: CaseData | null): LiveVerdicts {
    if (data === null || data.proof === null) return NONE;
    const known = this.#known.get(data.proof);
    if (known !== undefined) return known;
    // Written by `verify`.
    const proof = getJson(this.#store.content, data.proof) as ProofAnswer | null;
    const verdicts = proof === null ? NONE : verdictsOf(proof);
    this.#known.set(data.proof, verdicts);
    return verdicts;
  }
}

function verdictsOf({ at, holding, looked }: ProofAnswer): LiveVerdicts {
  const live = (each: readonly { readonly instance: string; readonly basis: string }[]) =>
    new Set(each.filter(({ basis }) => basis === 'live-files').map(({ instance }) => instance));
  return { at: Date.parse(at), holding: live(holding), clean: live(looked) };
}
