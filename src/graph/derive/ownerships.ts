import type { Instant, OwnershipData } from '#model';

import { ownsDirectory } from './code-owners-pattern.ts';
import type { Declared } from './service.ts';

/** An owner that some place names, before precedence. */
export interface OwnerClaim {
  readonly team: string;
  readonly basis: 'declared' | 'catalog-info' | 'label' | 'codeowners';
  readonly location: string | null;
}

/** An imported ownership and since when it holds. */
export interface ImportedOwnership extends Declared<OwnershipData> {
  readonly from: Instant;
}

/** All imported ownerships, ready to be asked about many services. The answers don't depend on their order. */
export class Ownerships {
  readonly #named = new Map<string, ImportedOwnership[]>();
  /** The rules of each governed directory, the last line first. */
  readonly #rules: ReadonlyMap<string, readonly ImportedOwnership[]>;

  constructor(ownerships: readonly ImportedOwnership[]) {
    const rules = new Map<string, ImportedOwnership[]>();
    for (const ownership of ownerships) {
      const { target } = ownership.data;
      if (target.kind === 'directory') append(rules, target.path, ownership);
      else append(this.#named, `${target.kind} ${target.name}`, ownership);
    }
    for (const list of this.#named.values()) list.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const list of rules.values()) list.sort((a, b) => lineOf(b) - lineOf(a) || (a.id < b.id ? -1 : 1));
    this.#rules = rules;
  }

  /** What catalog files say of a component, or else of the system that it is a part of. */
  inCatalog(
    service: { readonly name: string; readonly application: string },
    at: Instant,
  ): readonly OwnerClaim[] {
    const component = this.#named.get(`component ${service.name}`) ?? [];
    const system = this.#named.get(`system ${service.application}`) ?? [];
    return [...component, ...system].filter(({ from }) => from <= at).flatMap(claimsOf);
  }

  /** What CODEOWNERS files say of a directory; the nearest file counts, and in it the last rule that matches. */
  ofDirectory(directory: string, at: Instant): readonly OwnerClaim[] {
    for (const root of [...this.#rules.keys()].toSorted((a, b) => b.length - a.length)) {
      const inside = relativeTo(root, directory);
      if (inside === null) continue;
      const rule = this.#rules
        .get(root)
        ?.find(
          ({ data, from }) =>
            from <= at && data.target.kind === 'directory' && ownsDirectory(data.target.pattern, inside),
        );
      return rule === undefined ? [] : claimsOf(rule);
    }
    return [];
  }
}

function claimsOf({ data }: ImportedOwnership): readonly OwnerClaim[] {
  if (data.owner === null) return [];
  return [data.owner, ...(data.others ?? [])].map((team) => ({
    team,
    basis: data.basis,
    location: data.location,
  }));
}

function lineOf({ data }: ImportedOwnership): number {
  return data.target.kind === 'directory' ? data.target.line : 0;
}

/** The path below the root, empty for the root itself; null when it lies elsewhere. */
function relativeTo(root: string, directory: string): string | null {
  // Both relative to where the user stood.
  if (root === '.') return directory.startsWith('/') ? null : directory;
  const base = root.replace(/\/+$/, '');
  const path = directory.replace(/\/+$/, '');
  if (path === base) return '';
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : null;
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
