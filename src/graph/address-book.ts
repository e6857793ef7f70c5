import type { AddressData, Instant, Protocol, Scope } from '#model';
import { AddressIndex, AMBIGUOUS, NO_HOLDER, type HeldInterval, type Questions4 } from './address-index.ts';
import { INDEXED_NOT, INDEXED_OPEN, INDEXED_OTHERWISE, NONE } from './fact-columns.ts';
import type { FactTable } from './fact-table.ts';
import { runs, runStatements, statements, type Run, type Statement } from './statements.ts';
import { StringTable } from './string-table.ts';

/** Stands in the index beside the holder while it is uncertain whether it still held: so the index says ambiguous. */
const UNCERTAIN = 0x7fff_ffff;

/** Someone held an address at a moment; `uncertain` inside the slack of an end that nobody saw. */
export interface Holding {
  readonly statement: Statement<'address'>;
  /** The holder's subject number. */
  readonly holder: number;
  readonly uncertain: boolean;
}

/** The address facts of the table, by address: the index for speed, the statements for the answer. */
export class AddressBook {
  readonly #facts: FactTable;
  readonly #index: AddressIndex;
  readonly #scopes: StringTable;
  /** The first address subject of each key; others follow through `nextOfKey`. */
  readonly #firstOfKey: number[] = [];

  constructor(facts: FactTable, index = new AddressIndex(), scopes = new StringTable()) {
    this.#facts = facts;
    this.#index = index;
    this.#scopes = scopes;
    this.#firstOfKey.length = index.size;
    this.#firstOfKey.fill(NONE);
    const { addressKey, nextOfKey } = facts.subjects.columns;
    for (let subject = 0; subject < facts.subjectCount; subject++) {
      const key = addressKey[subject] ?? NONE;
      if (key === NONE) continue;
      nextOfKey[subject] = this.#firstOfKey[key] ?? NONE;
      this.#firstOfKey[key] = subject;
    }
  }

  /** To be called after each fact about an address; `data` is what an assert says, null of others. */
  update(subject: number, data: AddressData | null): void {
    const all = [...runs(this.#facts, subject)];
    const first = all[0];
    const key = this.#keyOfSubject(subject, first, data);
    if (key === NONE) return;
    if (all.length === 1 && first !== undefined && this.#updateSimple(subject, key, first)) return;
    this.#rebuild(key);
  }

  /** Who holds exactly this key: a subject number, NO_HOLDER or AMBIGUOUS. The fast path. */
  holderAt(key: number, at: Instant): number {
    const holder = this.#index.at(key, at);
    return holder === UNCERTAIN ? AMBIGUOUS : holder;
  }

  /** -1 where nothing was ever said of it. */
  keyOf(scope: Scope, ip: string, port: number | null = null, protocol: Protocol | null = null): number {
    const number = this.#scopes.find(scope);
    return number < 0 ? NONE : this.#index.keyOf(number, ip, port, protocol);
  }

  /** {@link holderAt} for a moment that is only known to lie in `from` to `to`, both included. */
  holderDuring(scope: Scope, ip: string, from: Instant, to: Instant): number {
    const holder = this.#index.during(this.keyOf(scope, ip), from, to);
    return holder === UNCERTAIN ? AMBIGUOUS : holder;
  }

  /** The same for many IPv4 addresses of one scope at once; false: nothing is known of the scope. */
  holdersDuring4(scope: Scope, questions: Questions4, holders: Int32Array, count: number): boolean {
    const number = this.#scopes.find(scope);
    if (number < 0) return false;
    this.#index.duringEach4(number, questions, holders, count);
    return true;
  }

  scopes(): readonly Scope[] {
    return Array.from({ length: this.#scopes.size }, (_, index) => this.#scopes.at(index));
  }

  /** Everyone who held the key at that moment, certain ones first. */
  holdings(key: number, at: Instant): readonly Holding[] {
    const found: Holding[] = [];
    for (const subject of this.#subjectsOf(key)) {
      for (const statement of statements<'address'>(this.#facts, subject, at)) {
        const holder = this.#facts.subjects.columns.holder[subject] ?? NONE;
        if (found.some((one) => one.holder === holder)) continue;
        found.push({
          statement,
          holder,
          uncertain: statement.slack !== null && at >= statement.slack.lastSeen,
        });
      }
    }
    return found.toSorted((left, right) => Number(left.uncertain) - Number(right.uncertain));
  }

  /** Every time somebody held the key, by start. */
  runs(key: number): readonly Statement<'address'>[] {
    const found: Statement<'address'>[] = [];
    for (const subject of this.#subjectsOf(key))
      found.push(...runStatements<'address'>(this.#facts, subject));
    return found.toSorted((left, right) => left.since - right.since);
  }

  /** What an instance, node, service or external held at `at`. */
  addressesOf(holder: number, at: Instant): readonly Statement<'address'>[] {
    const { addresses, nextAddress } = this.#facts.subjects.columns;
    const found: Statement<'address'>[] = [];
    for (let subject = addresses[holder] ?? NONE; subject !== NONE; subject = nextAddress[subject] ?? NONE) {
      found.push(...statements<'address'>(this.#facts, subject, at).slice(0, 1));
    }
    return found.toReversed();
  }

  parts(): readonly (readonly Uint8Array[])[] {
    return [this.#index.parts(), this.#scopes.parts()];
  }

  *#subjectsOf(key: number): Generator<number> {
    if (key === NONE) return;
    const next = this.#facts.subjects.columns.nextOfKey;
    for (let subject = this.#firstOfKey[key] ?? NONE; subject !== NONE; subject = next[subject] ?? NONE)
      yield subject;
  }

  /** NONE when nothing is said of the address, or when it is none. */
  #keyOfSubject(subject: number, run: Run | undefined, data: AddressData | null): number {
    const known = this.#facts.subjects.columns.addressKey[subject] ?? NONE;
    if (known !== NONE || run === undefined) return known;
    // The subject is an address, so this is AddressData: of any fact, as the id says all that matters.
    return this.#register(subject, data ?? (this.#facts.dataOf(run.row) as AddressData));
  }

  /** Gives the subject its key and hangs it on its holder; NONE when `ip` is no address. */
  #register(subject: number, data: AddressData): number {
    const key = this.#index.intern(this.#scopes.intern(data.scope), data.ip, data.port, data.protocol);
    if (key < 0) return NONE;
    const holder = this.#facts.internSubject(data.holder.kind, data.holder.id);
    // Read after interning the holder: a new subject may have moved the columns.
    const columns = this.#facts.subjects.columns;
    columns.addressKey[subject] = key;
    columns.holder[subject] = holder;
    columns.nextOfKey[subject] = this.#firstOfKey[key] ?? NONE;
    this.#firstOfKey[key] = subject;
    columns.nextAddress[subject] = columns.addresses[holder] ?? NONE;
    columns.addresses[holder] = subject;
    return key;
  }

  /** The usual two cases, an address taken and one given back, without touching its other holders. */
  #updateSimple(subject: number, key: number, run: Run): boolean {
    const columns = this.#facts.subjects.columns;
    const holder = columns.holder[subject] ?? NONE;
    const open = run.until === Number.POSITIVE_INFINITY;
    if (columns.indexed[subject] === INDEXED_NOT && open) {
      this.#index.open(key, run.since, holder);
      columns.indexed[subject] = INDEXED_OPEN;
      columns.indexedSince[subject] = run.since;
      return true;
    }
    if (columns.indexed[subject] !== INDEXED_OPEN || columns.indexedSince[subject] !== run.since)
      return false;
    if (open) return true;
    if (run.slack !== null) return false;
    columns.indexed[subject] = INDEXED_OTHERWISE;
    return this.#index.close(key, holder, run.until);
  }

  #rebuild(key: number): void {
    const intervals: HeldInterval[] = [];
    for (const subject of this.#subjectsOf(key)) {
      const holder = this.#facts.subjects.columns.holder[subject] ?? NONE;
      for (const run of runs(this.#facts, subject)) {
        intervals.push({ from: run.since, until: run.until, holder });
        if (run.slack === null) continue;
        const from = Math.max(run.since, run.slack.lastSeen);
        intervals.push({ from, until: run.slack.firstMissing, holder: UNCERTAIN });
      }
      this.#facts.subjects.columns.indexed[subject] = INDEXED_OTHERWISE;
    }
    this.#index.set(key, intervals);
  }
}

export { AMBIGUOUS, NO_HOLDER };
