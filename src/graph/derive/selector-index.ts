import type { Selector } from '#model';

import type { Features } from './features.ts';
import { anchorsOf, type CompiledSelector, compileSelector } from './selector.ts';

interface Entry<T> {
  readonly selector: Selector;
  readonly compiled: CompiledSelector;
  readonly value: T;
}

/** Many selectors, filed by one exact condition each, so that an instance is tried on few of them. */
export class SelectorIndex<T> {
  readonly #filed = new Map<string, Entry<T>[]>();
  readonly #unfiled: Entry<T>[] = [];

  add(selector: Selector, value: T): void {
    const compiled = compileSelector(selector);
    const entry = { selector, compiled, value };
    if (compiled.anchor === null) {
      this.#unfiled.push(entry);
      return;
    }
    const entries = this.#filed.get(compiled.anchor);
    if (entries === undefined) this.#filed.set(compiled.anchor, [entry]);
    else entries.push(entry);
  }

  /** Everything whose selector matches, each with the first selector that does. */
  matching(features: Features): ReadonlyMap<T, Selector> {
    const found = new Map<T, Selector>();
    if (this.#filed.size > 0) {
      for (const anchor of anchorsOf(features)) collect(this.#filed.get(anchor), features, found);
    }
    collect(this.#unfiled, features, found);
    return found;
  }
}

function collect<T>(
  entries: readonly Entry<T>[] | undefined,
  features: Features,
  into: Map<T, Selector>,
): void {
  if (entries === undefined) return;
  for (const entry of entries) {
    if (!into.has(entry.value) && entry.compiled.matches(features)) into.set(entry.value, entry.selector);
  }
}
