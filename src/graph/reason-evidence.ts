import type { Instant, SubjectData } from '#model';
import { ROW_ASSERT } from './fact-columns.ts';
import type { FactTable } from './fact-table.ts';
import type { Graph } from './graph.ts';
import { statement, type Statement } from './statements.ts';

/**
 * What says why nobody is found at an address. Kept as the graph grows: a server that a thousand strangers
 * call has as many addresses without a name, and a walk over everything for each would take seconds.
 */
export class ReasonEvidence {
  readonly #graph: Graph;
  /** Rows and subjects of this table up to the counts below have been looked at. */
  #facts: FactTable | null = null;
  #rows = 0;
  #subjects = 0;
  readonly #sources: number[] = [];
  /** Instances that at some time had no address where they should have had one. */
  readonly #addressless = new Set<number>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Every source that had said something, as it stood. */
  sources(at: Instant): readonly Statement<'source'>[] {
    const facts = this.#lookAtNews();
    return this.#sources.flatMap((subject) => statement<'source'>(facts, subject, at) ?? []);
  }

  /** Whether an instance lived then whose address could not be read. */
  hadAddressless(at: Instant): boolean {
    const facts = this.#lookAtNews();
    for (const subject of this.#addressless) {
      const said = statement<'instance'>(facts, subject, at);
      if (said !== null && said.data.addressMissing !== null) return true;
    }
    return false;
  }

  #lookAtNews(): FactTable {
    const { facts } = this.#graph;
    if (facts !== this.#facts) {
      this.#facts = facts;
      this.#rows = 0;
      this.#subjects = 0;
      this.#sources.length = 0;
      this.#addressless.clear();
    }
    for (; this.#subjects < facts.subjectCount; this.#subjects++)
      if (facts.subjectKind(this.#subjects) === 'source') this.#sources.push(this.#subjects);
    for (; this.#rows < facts.size; this.#rows++) this.#lookAt(facts, this.#rows);
    return facts;
  }

  #lookAt(facts: FactTable, row: number): void {
    const { track, form } = facts.rows.columns;
    const subject = facts.tracks.columns.subject[track[row] ?? 0] ?? 0;
    if (form[row] !== ROW_ASSERT || facts.subjectKind(subject) !== 'instance') return;
    // An assert about an instance holds InstanceData.
    const { addressMissing } = facts.dataOf(row) as SubjectData['instance'];
    if (addressMissing !== null) this.#addressless.add(subject);
  }
}
