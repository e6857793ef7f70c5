import { SheerError, type Advisory, type CaseData, type Instant, type ProofAnswer } from '#model';
import { isDueAgain, oneMore, type Attempts, type Waits } from '../attempts.ts';
import { findVulnerability, knownVulnerability } from '../affected/vulnerability.ts';
import { counted } from '../counted.ts';
import { putJson } from '../lists/stored-list.ts';
import type { PatchRecord } from '../record.ts';
import { turns } from '../turns.ts';
import type { LiveRoots } from '../verify/live-roots.ts';
import { prove } from '../verify/prove.ts';
import type { PatchView } from '../view.ts';
import { assess, type Assessment } from './assess.ts';
import { decideCase, joinedCases } from './decide-case.ts';
import { isSameProof, type StoredProof, withRecords } from './live-verdicts.ts';
import { Touching } from './touching.ts';

/** One look at live files serves the proofs of all cases that are to be closed in one round. */
const LIVE_LOOK_GOOD_FOR_MS = 60_000;

/** What could not be proven is tried again; after the first wait where something changed since. */
const PROVE_AGAIN: Waits = { first: 10_000, most: 600_000 };

const NOT_TRIED: Attempts = { count: 0, last: Number.NEGATIVE_INFINITY };

export interface CaseKeeperOptions {
  readonly view: PatchView;
  readonly record: PatchRecord;
  readonly roots: LiveRoots;
}

/** Opens and closes cases until they agree with what runs: whoever wakes it only says where to look. */
export class CaseKeeper {
  readonly touching: Touching;
  readonly #options: CaseKeeperOptions;
  readonly #vulnerabilities = new Set<string>();
  readonly #images = new Set<string>();
  /** Cases that nothing is known to hold any more → the proofs that were tried. */
  readonly #toProve = new Map<string, Attempts>();
  /** Cases that are open because of what was found in live files: no image tells when that ends. */
  readonly #foundLive = new Set<string>();
  /** By the id of a record, the open cases that it was about when they were looked at. */
  readonly #byRecord = new Map<string, Set<string>>();
  readonly #opened = new Set<string>();
  /** When what runs, or what is known of it, was last another. */
  #changedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: CaseKeeperOptions) {
    this.#options = options;
    this.touching = new Touching(options.view.advisories);
  }

  /** Its instances, or what is known of its packages, changed. */
  imageChanged(image: string): void {
    this.#images.add(image);
    this.#changedAt = this.#options.view.clock();
  }

  /** An instance began or ended, whatever it is made from. */
  instancesChanged(): void {
    for (const id of this.#foundLive) this.#vulnerabilities.add(id);
    this.#changedAt = this.#options.view.clock();
  }

  vulnerabilityChanged(id: string): void {
    this.#vulnerabilities.add(id);
  }

  /** What it says by now may be about others: those that it was about before are looked at, too. */
  recordChanged(id: string): void {
    for (const each of this.#byRecord.get(id) ?? []) this.#vulnerabilities.add(each);
    this.#byRecord.delete(id);
  }

  /** Everything that runs, and every case that is open. */
  everythingChanged(): void {
    const { view } = this.#options;
    for (const image of view.running.images()) this.#images.add(image);
    for (const id of view.ids.of('case')) {
      if (view.graph.one('case', id)?.data.state === 'open') this.#vulnerabilities.add(id);
    }
  }

  async reconcile(signal: AbortSignal): Promise<void> {
    const pause = turns();
    while (!signal.aborted && (this.#images.size > 0 || this.#vulnerabilities.size > 0)) {
      for (const image of this.#images) {
        this.#images.delete(image);
        const packages = this.#options.view.lists.packagesOf(image);
        for (const id of this.touching.vulnerabilitiesOf(packages)) this.#vulnerabilities.add(id);
        await pause();
      }
      for (const id of this.#vulnerabilities) {
        this.#vulnerabilities.delete(id);
        const canonical = findVulnerability(this.#options.view.advisories, id)?.id ?? id;
        if (canonical !== id) this.#join(id, canonical);
        this.#reconcileOne(canonical);
        await pause();
        if (signal.aborted) break;
      }
    }
    await this.#closeDue(signal);
  }

  /** Ids of the cases that were opened since it was asked last, whoever had it look. */
  takeOpened(): readonly string[] {
    const opened = [...this.#opened];
    this.#opened.clear();
    return opened;
  }

  current(id: string): CaseData | null {
    return this.#options.view.graph.one('case', id)?.data ?? null;
  }

  assess(id: string): Assessment {
    return assess(this.#options.view, id, this.current(id));
  }

  /** Looks at everything anew; what it finds is put on the case, if there is one or has to be. */
  async verify(asked: string, signal: AbortSignal): Promise<ProofAnswer> {
    const { view, roots } = this.#options;
    const vulnerability = knownVulnerability(view.advisories, asked);
    const proof = await prove(vulnerability, { view, roots, since: view.clock(), signal });
    this.#put(vulnerability.id, withRecords(proof, vulnerability.records));
    this.#vulnerabilities.add(vulnerability.id);
    return proof;
  }

  async #closeDue(signal: AbortSignal): Promise<void> {
    // Of the whole round: were it of each case, the first looks would be too old when the last were done.
    const since = this.#options.view.clock() - LIVE_LOOK_GOOD_FOR_MS;
    for (const id of this.#due()) {
      if (signal.aborted) return;
      await this.#close(id, { since, signal });
    }
  }

  #due(): readonly string[] {
    const now = this.#options.view.clock();
    const isDue = ({ count, last }: Attempts): boolean =>
      isDueAgain({ count: this.#changedAt >= last ? 1 : count, last }, PROVE_AGAIN, now);
    return [...this.#toProve].filter(([, attempts]) => isDue(attempts)).map(([id]) => id);
  }

  /** Its record names another id by now, which goes before it: there is one case of one vulnerability. */
  #join(id: string, canonical: string): void {
    const current = this.current(id);
    if (current?.state !== 'open') return;
    // What can't be written now is looked at again.
    this.#vulnerabilities.add(id);
    const [ended, goesOn] = joinedCases({ id, data: current }, canonical, this.current(canonical));
    this.#options.record.decide(
      { subject: { kind: 'case', id: canonical }, data: goesOn },
      { subject: { kind: 'case', id }, data: ended },
    );
    this.#vulnerabilities.delete(id);
    this.#toProve.delete(id);
    this.#foundLive.delete(id);
  }

  #reconcileOne(id: string): void {
    const { view, record } = this.#options;
    const current = this.current(id);
    const { holding, vulnerability } = this.assess(id);
    const excused = [...holding.values()].filter((excuse) => excuse !== null).length;
    const action = decideCase({ now: view.clock(), current, holding: holding.size, excused });
    if (action.kind === 'open') {
      // What can't be written now is looked at again.
      this.#vulnerabilities.add(id);
      record.decide({ subject: { kind: 'case', id }, data: action.data });
      this.#vulnerabilities.delete(id);
      this.#opened.add(id);
    }
    if (this.current(id)?.state === 'open') this.#noteRecords(id, vulnerability?.records ?? []);
    if (view.verdicts.of(current).holding.size > 0 && holding.size > 0) this.#foundLive.add(id);
    else this.#foundLive.delete(id);
    if (action.kind === 'prove') this.#toProve.set(id, this.#toProve.get(id) ?? NOT_TRIED);
    else this.#toProve.delete(id);
  }

  #noteRecords(id: string, records: readonly Advisory[]): void {
    for (const record of records) {
      const known = this.#byRecord.get(record.id);
      if (known === undefined) this.#byRecord.set(record.id, new Set([id]));
      else known.add(id);
    }
  }

  async #close(id: string, look: { readonly since: Instant; readonly signal: AbortSignal }): Promise<void> {
    const { view, roots } = this.#options;
    this.#toProve.set(id, oneMore(this.#toProve.get(id), view.clock()));
    // Until everything is known again, nothing is proven.
    if (view.lists.restoring !== null) return;
    const vulnerability = findVulnerability(view.advisories, id);
    if (vulnerability === null || vulnerability.withdrawn !== null) {
      this.#withdraw(id, vulnerability === null);
      return;
    }
    try {
      const proof = await prove(vulnerability, { view, roots, ...look });
      if (proof.proven || proof.holding.length > 0) this.#put(id, withRecords(proof, vulnerability.records));
    } catch (error) {
      if (!(error instanceof SheerError)) throw error;
    }
  }

  /** No advisory calls anything affected any more: that needs no look at what runs. */
  #withdraw(id: string, isGone: boolean): void {
    const current = this.current(id);
    if (current?.state !== 'open') return;
    const reason = isGone ? 'no advisory speaks of it any more' : 'the advisory was withdrawn';
    this.#options.record.decide({
      subject: { kind: 'case', id },
      data: { ...current, state: 'closed', reason },
    });
    this.#toProve.delete(id);
  }

  #put(id: string, proof: StoredProof): void {
    const { view, record } = this.#options;
    const current = this.current(id);
    if (current === null && proof.holding.length === 0) return;
    if (current?.state === 'closed' && this.#isProven(current, proof)) return;
    const digest = putJson(view.store.content, proof);
    const data = caseAfter(current, proof, { digest, now: view.clock() });
    record.decide({ subject: { kind: 'case', id }, data });
    if (data.state === 'closed') this.#toProve.delete(id);
  }

  /** Looked at once more, and nothing is otherwise: the proof that closed it stands. */
  #isProven(closed: CaseData, proof: StoredProof): boolean {
    const known = this.#options.view.verdicts.proofOf(closed);
    return known !== null && known.proven && isSameProof(known, proof);
  }
}

/** What a proof makes of a case: it closes by one that is whole, and opens by one that finds something. */
function caseAfter(
  current: CaseData | null,
  proof: ProofAnswer,
  { digest, now }: { readonly digest: string; readonly now: Instant },
): CaseData {
  const base = current ?? { openedAt: now, reopened: 0 };
  if (proof.holding.length > 0) {
    const count = proof.holding.length;
    const reason = `looked at: ${counted(count, 'running instance')} ${count === 1 ? 'holds' : 'hold'} it`;
    const back = current?.state === 'closed' ? { openedAt: now, reopened: current.reopened + 1 } : {};
    return { ...base, ...back, state: 'open', reason, proof: digest };
  }
  if (!proof.proven) {
    const reason = `not proven: ${counted(proof.notLooked.length, 'running instance')} could not be looked at`;
    return { ...base, state: current?.state ?? 'open', reason, proof: digest };
  }
  const count = proof.looked.length;
  const reason = `proven: ${counted(count, 'running instance')} ${count === 1 ? 'was' : 'were'} looked at, and none holds it`;
  return { ...base, state: 'closed', reason, proof: digest };
}
