import type { AdvisorySource } from '../../advisories.ts';

/** What the status of a source counts, kept up to date record by record. */
export class SourceCounts {
  #records = 0;
  #withdrawn = 0;
  #modifiedUntil: number | null = null;
  readonly #ecosystems = new Map<string, number>();

  constructor(before: AdvisorySource | null) {
    if (before === null) return;
    this.#records = before.records;
    this.#withdrawn = before.withdrawn;
    this.#modifiedUntil = before.modifiedUntil;
    for (const [name, count] of Object.entries(before.ecosystems)) this.#ecosystems.set(name, count);
  }

  add(names: readonly string[], withdrawn: boolean, modified: number): void {
    this.#count(names, withdrawn, 1);
    this.#modifiedUntil = Math.max(this.#modifiedUntil ?? modified, modified);
  }

  remove(names: readonly string[], withdrawn: boolean): void {
    this.#count(names, withdrawn, -1);
  }

  status(): Pick<AdvisorySource, 'records' | 'withdrawn' | 'ecosystems' | 'modifiedUntil'> {
    return {
      records: this.#records,
      withdrawn: this.#withdrawn,
      modifiedUntil: this.#modifiedUntil,
      ecosystems: Object.fromEntries(
        [...this.#ecosystems].toSorted(([left], [right]) => (left < right ? -1 : 1)),
      ),
    };
  }

  #count(names: readonly string[], withdrawn: boolean, by: 1 | -1): void {
    this.#records += by;
    if (withdrawn) this.#withdrawn += by;
    for (const name of names) {
      const count = (this.#ecosystems.get(name) ?? 0) + by;
      if (count === 0) this.#ecosystems.delete(name);
      else this.#ecosystems.set(name, count);
    }
  }
}
