import { isDeepStrictEqual } from 'node:util';
import type { Advisory, CaseData, Instant, ProofAnswer } from '#model';
import type { Store } from '#store';
import { getJson } from '../lists/stored-list.ts';

/** What a proof found in live root file systems: it counts more than what an image's list says. */
export interface LiveVerdicts {
  /** When the proof was made; null: there is none. */
  readonly at: string | null;
  /** The records that were held against what was found: when each was modified, by id. */
  readonly records: Readonly<Record<string, Instant>>;
  readonly holding: ReadonlySet<string>;
  readonly clean: ReadonlySet<string>;
}

const NONE: LiveVerdicts = { at: null, records: {}, holding: new Set(), clean: new Set() };

/** A proof as it is kept. */
export interface StoredProof extends ProofAnswer {
  /** Older proofs do not tell: what they found in live files holds against no record. */
  readonly records?: LiveVerdicts['records'];
}

export function withRecords(proof: ProofAnswer, records: readonly Advisory[]): StoredProof {
  return { ...proof, records: Object.fromEntries(records.map(({ id, modified }) => [id, modified])) };
}

/** Whether two proofs say the same, whenever they were made. */
export function isSameProof(left: StoredProof, right: StoredProof): boolean {
  return isDeepStrictEqual(withoutTimes(left), withoutTimes(right));
}

function withoutTimes({ records, proven, holding, looked, notLooked }: StoredProof): unknown {
  const seen = new Map(looked.map(({ instance, basis, found }) => [instance, { basis, found }]));
  return { records, proven, holding, seen, notLooked };
}

/** Whether a record came since, or says something else: also one that was written before and synced after. */
export function isOutdated(verdicts: LiveVerdicts, records: readonly Advisory[]): boolean {
  return records.some(({ id, modified }) => modified > (verdicts.records[id] ?? Number.NEGATIVE_INFINITY));
}

/** The verdicts of proofs by their digests, read once. */
export class LiveVerdictBook {
  readonly #store: Store;
  readonly #known = new Map<string, LiveVerdicts>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The proof that the case has; null: none. */
  proofOf(data: CaseData | null): StoredProof | null {
    if (data === null || data.proof === null) return null;
    // Written by `verify`.
    return getJson(this.#store.content, data.proof) as StoredProof | null;
  }

  of(data: CaseData | null): LiveVerdicts {
    if (data === null || data.proof === null) return NONE;
    const known = this.#known.get(data.proof);
    if (known !== undefined) return known;
    const proof = this.proofOf(data);
    const verdicts = proof === null ? NONE : verdictsOf(proof);
    this.#known.set(data.proof, verdicts);
    return verdicts;
  }
}

function verdictsOf({ at, records = {}, holding, looked }: StoredProof): LiveVerdicts {
  const live = (each: readonly { readonly instance: string; readonly basis: string }[]) =>
    new Set(each.filter(({ basis }) => basis === 'live-files').map(({ instance }) => instance));
  return { at, records, holding: live(holding), clean: live(looked) };
}
