import type { Fact, SubjectKind } from '#model';
import type { Graph } from '#graph';

/** Kinds that the loop asks for all of, again and again: a walk over the whole graph would be too much. */
const FOLLOWED = ['vex', 'waiver', 'case', 'build-source', 'image'] as const;

type Followed = (typeof FOLLOWED)[number];

/** The ids of all subjects of a few kinds, in the order in which they were first spoken of. */
export class SubjectIds {
  readonly #ids = new Map<SubjectKind, Set<string>>();

  constructor(graph: Graph) {
    for (const kind of FOLLOWED) {
      const ids = new Set<string>();
      for (const subject of graph.facts.subjectsOf(kind)) ids.add(graph.facts.subjectId(subject));
      this.#ids.set(kind, ids);
    }
  }

  of(kind: Followed): ReadonlySet<string> {
    return this.#ids.get(kind) ?? NONE;
  }

  follow(facts: readonly Fact[]): void {
    for (const { subject } of facts) this.#ids.get(subject.kind)?.add(subject.id);
  }
}

const NONE: ReadonlySet<string> = new Set();
