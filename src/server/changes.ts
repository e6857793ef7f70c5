import type { ChangeAnswer, Fact } from '#model';
import { formatInstant } from '#model';
import type { Store, StreamName } from '#store';

/** How far each stream has been read. */
export type Positions = Readonly<Record<StreamName, number>>;

/** What the event stream is fed from. Level-based: being woken says only that there may be more. */
export interface Changes {
  heads(): Positions;
  /** Behind which nothing is missing: what came before may have been dropped. */
  begins(): Positions;
  /** At most `limit` changes after these positions, in the order of each stream. */
  since(after: Positions, limit: number): readonly ChangeAnswer[];
  /** Calls when something was recorded; returns how to stop. */
  onChange(wake: () => void): () => void;
}

/** The changes of a store's two streams. */
export function changesOf(store: Store): Changes {
  return {
    heads: () => ({
      audit: store.head('audit').position,
      observations: store.head('observations').position,
    }),
    begins() {
      const [oldest] = store.segments();
      const observations = oldest?.firstPosition ?? store.head('observations').position + 1;
      return { audit: 0, observations: observations - 1 };
    },
    since(after, limit) {
      const audit = readSome(store, 'audit', after.audit, limit);
      return [...audit, ...readSome(store, 'observations', after.observations, limit - audit.length)];
    },
    onChange: (wake) => store.watch(() => wake()),
  };
}

function readSome(store: Store, stream: StreamName, after: number, limit: number): readonly ChangeAnswer[] {
  const changes: ChangeAnswer[] = [];
  if (limit <= 0) return changes;
  for (const facts of store.read(stream, after, limit)) {
    for (const fact of facts) {
      changes.push(changeOf(stream, fact));
      if (changes.length === limit) return changes;
    }
  }
  return changes;
}

function changeOf(stream: StreamName, fact: Fact): ChangeAnswer {
  return {
    stream,
    position: fact.position,
    recordedAt: formatInstant(fact.recordedAt),
    what: fact.kind,
    subject: { kind: fact.subject.kind, id: fact.subject.id },
    evidence: fact.evidence,
    source: fact.source.id,
  };
}
