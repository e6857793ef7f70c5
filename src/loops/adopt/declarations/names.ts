import { closest } from '#model';

import type { Reference } from './draft.ts';
import { didYouMean, lineOf, type Place, type Problem, quoted } from './problem.ts';

/** Each name once, each use of a name with somebody behind it; what is wrong goes to `problems`. */
export class Names {
  readonly #problems: Problem[];

  constructor(problems: Problem[]) {
    this.#problems = problems;
  }

  /** By key, the first of each; a second one is refused. */
  unique<T extends { readonly place: Place }>(
    items: readonly T[],
    keyOf: (item: T) => string,
    what: string,
  ): ReadonlyMap<string, T> {
    const byKey = new Map<string, T>();
    for (const item of items) {
      const key = keyOf(item);
      const first = byKey.get(key);
      if (first === undefined) byKey.set(key, item);
      else
        this.refuse(item.place, `${what} ${quoted(key)} is declared twice, first at ${lineOf(first.place)}`);
    }
    return byKey;
  }

  /** Refuses a name that nobody has. */
  known({ name, place }: Reference, names: NameSet, what: string): void {
    if (!names.has(name)) this.unknown({ name, place }, names, what);
  }

  unknown({ name, place }: Reference, names: NameSet, what: string): void {
    // Each suggestion reads all names; after so many problems nobody reads the suggestions.
    const suggestion = this.#problems.length < SUGGESTIONS_MAX ? closest(name, names.keys()) : null;
    this.refuse(place, `there is no ${what} ${quoted(name)}${didYouMean(suggestion)}`);
  }

  refuse(place: Place, message: string): void {
    this.#problems.push({ place, message });
  }
}

/** A set, or the keys of a map. */
interface NameSet {
  has(name: string): boolean;
  keys(): Iterable<string>;
}

const SUGGESTIONS_MAX = 50;
