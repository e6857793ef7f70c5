import type { Fact, FactSource, Instant } from '#model';

/** Names a fact by its source's own counting. */
export function sequenceKey(source: FactSource, sequence: number): string {
  return JSON.stringify([source.id, source.node, sequence]);
}

interface Latest {
  readonly position: number;
  readonly validFrom: Instant;
  readonly sequence: number;
  readonly holds: boolean;
}

/**
 * Which of the facts that are about to be dropped still hold at the end of them: per source and
 * subject the latest assert that nothing ended. They are carried over, so that dropping the past
 * never drops the present.
 *
 * Ends are not carried over: a statement that comes only after the drop, about a time before an end
 * that was dropped, holds until its source says otherwise (its next snapshot does).
 */
export class StillHolding {
  readonly #retracted: ReadonlySet<string>;
  readonly #end: Instant;
  readonly #latest = new Map<string, Latest>();

  /**
   * @param retracted {@link sequenceKey}s of what never held
   * @param end of the dropped time
   */
  constructor(retracted: ReadonlySet<string>, end: Instant) {
    this.#retracted = retracted;
    this.#end = end;
  }

  add(fact: Fact): void {
    const { source, subject, validFrom, position } = fact;
    if (fact.kind === 'retract' || this.#retracted.has(sequenceKey(source, source.sequence))) return;
    const key = JSON.stringify([source.id, source.node, subject.kind, subject.id]);
    const known = this.#latest.get(key);
    if (known !== undefined && !isLater(fact, known)) return;
    const holds = fact.kind === 'assert' && (fact.validUntil ?? this.#end + 1) > this.#end;
    this.#latest.set(key, { position, validFrom, sequence: source.sequence, holds });
  }

  /** Positions, in order. */
  positions(): readonly number[] {
    const holding = [...this.#latest.values()].filter((latest) => latest.holds);
    return holding.map((latest) => latest.position).toSorted((left, right) => left - right);
  }
}

function isLater(fact: Fact, known: Latest): boolean {
  if (fact.validFrom !== known.validFrom) return fact.validFrom > known.validFrom;
  return fact.source.sequence >= known.sequence;
}
