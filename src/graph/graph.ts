import type { AddressData, Instant, StoredFact, Subject, SubjectKind } from '#model';
import { AddressBook } from './address-book.ts';
import { AddressIndex } from './address-index.ts';
import { NONE, ROW_ASSERT } from './fact-columns.ts';
import { FactTable, type Stream } from './fact-table.ts';
import { LATEST, statement, type Statement } from './statements.ts';
import { StringTable } from './string-table.ts';

/** Bumped when the meaning of a part changes; an older snapshot is then replayed instead. */
export const GRAPH_FORMAT = 3;

/** Kinds whose change can give any instance another service or owner. */
const DERIVING: ReadonlySet<SubjectKind> = new Set([
  'team',
  'environment',
  'service',
  'external',
  'ownership',
  'label',
]);

/**
 * The organisation's software as it is and was: the fold of both streams. It holds what sources
 * said; what follows from it (services, owners, calls) is derived when it is asked.
 */
export class Graph {
  #facts: FactTable;
  #addresses: AddressBook;
  /** The last position of each stream that is folded in. */
  readonly positions: Record<Stream, number>;
  /** Grows whenever something changes that services, owners or externals are derived from. */
  derivationEpoch = 0;

  constructor(
    facts = new FactTable(),
    addresses = new AddressBook(facts),
    positions: Readonly<Record<Stream, number>> = { audit: 0, observations: 0 },
  ) {
    this.#facts = facts;
    this.#addresses = addresses;
    this.positions = { ...positions };
  }

  get facts(): FactTable {
    return this.#facts;
  }

  get addresses(): AddressBook {
    return this.#addresses;
  }

  /** Takes over what another graph holds; subject and row numbers of before mean nothing any more. */
  become(other: Graph): void {
    this.#facts = other.facts;
    this.#addresses = other.addresses;
    Object.assign(this.positions, other.positions);
    this.derivationEpoch++;
  }

  apply(stream: Stream, facts: readonly StoredFact[]): void {
    for (const fact of facts) {
      this.positions[stream] = Math.max(this.positions[stream], fact.position);
      const subject = this.facts.apply(stream, fact);
      if (subject === null) continue;
      if (fact.subject.kind === 'address')
        this.addresses.update(subject, fact.kind === 'assert' ? addressOf(fact) : null);
      if (DERIVING.has(fact.subject.kind)) this.derivationEpoch++;
    }
  }

  /** Everything of a kind that held at `at`, each with the first source that says so. */
  *all<K extends SubjectKind>(kind: K, at: Instant = LATEST): Generator<Statement<K>> {
    for (const subject of this.facts.subjectsOf(kind)) {
      const said = statement<K>(this.facts, subject, at);
      if (said !== null) yield said;
    }
  }

  one<K extends SubjectKind>(kind: K, id: string, at: Instant = LATEST): Statement<K> | null {
    const subject = this.facts.subject(kind, id);
    return subject < 0 ? null : statement<K>(this.facts, subject, at);
  }

  /** Every subject that some source holds to be alive, as [`source@node`, subject]. */
  *openSubjects(): Generator<readonly [string, Subject]> {
    const { tracks, rows } = this.facts;
    for (let track = 0; track < tracks.length; track++) {
      const tail = tracks.columns.tail[track] ?? NONE;
      if (tail === NONE || rows.columns.form[tail] !== ROW_ASSERT) continue;
      if (rows.columns.validUntil[tail] !== Number.POSITIVE_INFINITY) continue;
      const subject = tracks.columns.subject[track] ?? 0;
      const about = { kind: this.facts.subjectKind(subject), id: this.facts.subjectId(subject) };
      yield [this.facts.sourceOf(track), about];
    }
  }

  /**
   * The graph as it is now, whatever changes later, to be read only; {@link Graph.fromParts} reads a
   * copy back. Most of it is the memory itself, as a line that was added never changes; the columns
   * that do change, a seventh of all, are copied.
   */
  parts(): readonly Uint8Array[] {
    const facts = this.facts.parts();
    const [index, scopes] = this.addresses.parts();
    const lengths = Uint32Array.of(facts.length, index?.length ?? 0, scopes?.length ?? 0);
    return [new Uint8Array(lengths.buffer), ...facts, ...(index ?? []), ...(scopes ?? [])];
  }

  /** Null when the parts are of another version. */
  static fromParts(parts: readonly Uint8Array[], positions: Readonly<Record<Stream, number>>): Graph | null {
    const [header, ...rest] = parts;
    if (header === undefined || header.byteLength !== 12) return null;
    const [factParts = 0, indexParts = 0, scopeParts = 0] = new Uint32Array(header.slice().buffer);
    if (rest.length !== factParts + indexParts + scopeParts) return null;
    const facts = FactTable.fromParts(rest.slice(0, factParts));
    const index = AddressIndex.fromParts(rest.slice(factParts, factParts + indexParts));
    if (index === null) return null;
    const scopes = StringTable.fromParts(rest.slice(factParts + indexParts));
    return new Graph(facts, new AddressBook(facts, index, scopes), positions);
  }
}

/** An assert about an address holds AddressData. */
function addressOf(fact: Extract<StoredFact, { kind: 'assert' }>): AddressData {
  return ('dataText' in fact ? JSON.parse(fact.dataText) : fact.data) as AddressData;
}
