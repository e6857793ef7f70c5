import type { Clock, Evidence, Instant, NewFact, Subject, SubjectData, SubjectKind } from '#model';
import type { Graph } from '#graph';
import type { Store, StreamName } from '#store';

const SOURCE = 'patch';

/** What the loop says of a subject. */
export interface Said<K extends SubjectKind = SubjectKind> {
  readonly subject: Subject<K>;
  /** Null: what was said of it no longer holds. */
  readonly data: SubjectData[K] | null;
  readonly validUntil?: Instant;
}

type AnySaid = { [K in SubjectKind]: Said<K> }[SubjectKind];

export interface RecordOptions {
  readonly store: Store;
  readonly graph: Graph;
  readonly node: string;
  readonly clock: Clock;
}

/** Writes what the loop finds, decides and is told. The graph follows by the store's watch. */
export class PatchRecord {
  readonly #options: RecordOptions;

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /** What was read: observed. */
  observe(...said: readonly AnySaid[]): void {
    this.#append('observations', said, { evidence: 'observed' });
  }

  /** What the loop itself decides: open, closed, opened again. */
  decide(...said: readonly AnySaid[]): void {
    this.#append('audit', said, { evidence: 'observed', actor: 'patch' });
  }

  /** What a person says. */
  declare(actor: string, ...said: readonly AnySaid[]): void {
    this.#append('audit', said, { evidence: 'declared', actor });
  }

  #append(
    stream: StreamName,
    said: readonly AnySaid[],
    how: { readonly evidence: Evidence; readonly actor?: string },
  ): void {
    if (said.length === 0) return;
    const { store, graph, node, clock } = this.#options;
    const now = clock();
    let sequence = graph.facts.sequenceOf(`${SOURCE}@${node}`);
    const facts = said.map(({ subject, data, validUntil }): NewFact => {
      const base = {
        recordedAt: now,
        validFrom: now,
        evidence: how.evidence,
        source: { id: SOURCE, node, sequence: ++sequence },
        ...(how.actor === undefined ? {} : { actor: how.actor }),
      };
      if (data === null) return { ...base, kind: 'end', subject };
      const until = validUntil === undefined ? {} : { validUntil };
      return { ...base, ...until, kind: 'assert', subject, data };
    });
    store.append(stream, facts, store.head(stream).position);
  }
}
