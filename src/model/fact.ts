import type { Evidence } from './evidence.ts';
import type { Instant } from './instant.ts';
import type { SubjectData, SubjectKind } from './subject.ts';

/** About whom a fact speaks. */
export interface Subject<K extends SubjectKind = SubjectKind> {
  readonly kind: K;
  readonly id: string;
}

/** Who says it. `sequence` grows by at least one with every fact of the same source. */
export interface FactSource {
  /** `podman`, `processes`, `declare`, … */
  readonly id: string;
  /** The node that the source runs on. */
  readonly node: string;
  readonly sequence: number;
}

/**
 * An end that nobody saw: it held for certain until `lastSeen` and was gone at `firstMissing`.
 * Between the two, an answer is ambiguous.
 */
export interface Slack {
  readonly lastSeen: Instant;
  readonly firstMissing: Instant;
}

interface FactBase {
  /** Place in its stream, from 1; order is by position, never by clock. */
  readonly position: number;
  readonly recordedAt: Instant;
  readonly evidence: Evidence;
  readonly source: FactSource;
  /** The person or token that caused it; absent for sensors. */
  readonly actor?: string;
}

/** From `validFrom` on the subject is as `data` says, until a later assert, an end or `validUntil`. */
export interface Assert<K extends SubjectKind = SubjectKind> extends FactBase {
  readonly kind: 'assert';
  readonly subject: Subject<K>;
  readonly validFrom: Instant;
  readonly validUntil?: Instant;
  readonly data: SubjectData[K];
}

/** From `validFrom` on the source's statement about the subject no longer holds. */
export interface End extends FactBase {
  readonly kind: 'end';
  readonly subject: Subject;
  readonly validFrom: Instant;
  readonly slack?: Slack;
}

/** The source's fact with this sequence never held. */
export interface Retract extends FactBase {
  readonly kind: 'retract';
  readonly subject: Subject;
  readonly validFrom: Instant;
  readonly retracted: number;
}

/** One line that the graph is folded from. */
export type Fact = Assert | End | Retract;

/** An assert whose data is still the JSON text as which it is kept. */
export type UnreadAssert = Omit<Assert, 'data'> & { readonly dataText: string };

/** A fact as it comes out of a store, for a fold that keeps most data as it is. */
export type StoredFact = Fact | UnreadAssert;

/** `Omit` that keeps the members of a union apart. */
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A fact before the store has given it its place. */
export type NewFact = DistributiveOmit<Fact, 'position'>;
