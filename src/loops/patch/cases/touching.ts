import type { Advisory, Package } from '#model';
import type { AdvisoryStore, PackageKey } from '#store';
import { vulnerabilitiesOf } from '../affected/vulnerability.ts';
import { askedNames } from '../matching/asked-names.ts';
import { canonicalName } from '../matching/canonical-name.ts';
import { matchAdvisory } from '../matching/match-advisory.ts';
import { ecosystemOf } from '../matching/named-ecosystem.ts';

/** About 100 bytes each and the ids; images share nearly all of their packages. */
const REMEMBERED_MAX = 300_000;

/**
 * Which vulnerabilities a package has, remembered by package: another image with the same ones costs
 * nothing. It only says what to look at: whether something is affected is asked of the records again.
 */
export class Touching {
  readonly #advisories: Pick<AdvisoryStore, 'forPackages'>;
  readonly #known = new Map<string, readonly string[]>();
  /** By the name that advisories have it under, the packages that were judged by it. */
  readonly #byName = new Map<string, string[]>();

  constructor(advisories: Pick<AdvisoryStore, 'forPackages'>) {
    this.#advisories = advisories;
  }

  vulnerabilitiesOf(packages: readonly Package[]): ReadonlySet<string> {
    const found = new Set<string>();
    const fresh = new Map<string, Package>();
    for (const each of packages) {
      if (each.ecosystem === null) continue;
      const key = keyOf(each);
      const known = this.#known.get(key);
      if (known === undefined) fresh.set(key, each);
      else for (const id of known) found.add(id);
    }
    if (fresh.size > 0) for (const id of this.#judge(fresh)) found.add(id);
    return found;
  }

  /** A record came or changed: what was judged by the names in it is judged again. */
  forget({ affected }: Pick<Advisory, 'affected'>): void {
    for (const entry of affected) {
      const ecosystem = ecosystemOf(entry.ecosystem).name;
      const name = nameKey({ ecosystem, name: canonicalName(ecosystem, entry.name) });
      for (const key of this.#byName.get(name) ?? []) this.#known.delete(key);
      this.#byName.delete(name);
    }
  }

  forgetAll(): void {
    this.#known.clear();
    this.#byName.clear();
  }

  #judge(fresh: ReadonlyMap<string, Package>): ReadonlySet<string> {
    if (this.#known.size + fresh.size > REMEMBERED_MAX) this.forgetAll();
    const names = new Map<string, { readonly key: PackageKey; readonly packages: [string, Package][] }>();
    const found = new Map<string, Set<string>>();
    for (const [key, each] of fresh) {
      found.set(key, new Set());
      for (const asked of namesOf(each)) {
        const name = nameKey(asked);
        const known = names.get(name);
        if (known === undefined) names.set(name, { key: asked, packages: [[key, each]] });
        else known.packages.push([key, each]);
      }
    }
    for (const batch of this.#advisories.forPackages(Array.from(names.values(), ({ key }) => key))) {
      for (const { advisory } of batch) if (advisory.withdrawn === null) judgeBy(advisory, names, found);
    }
    for (const [name, { packages }] of names) {
      const keys = this.#byName.get(name) ?? [];
      keys.push(...packages.map(([key]) => key));
      this.#byName.set(name, keys);
    }
    for (const [key, ids] of found) this.#known.set(key, [...ids]);
    return new Set([...found.values()].flatMap((ids) => [...ids]));
  }
}

function judgeBy(
  advisory: Advisory,
  names: ReadonlyMap<string, { readonly packages: readonly [string, Package][] }>,
  found: ReadonlyMap<string, Set<string>>,
): void {
  for (const entry of advisory.affected) {
    const ecosystem = ecosystemOf(entry.ecosystem).name;
    const about = names.get(nameKey({ ecosystem, name: canonicalName(ecosystem, entry.name) }));
    for (const [key, each] of about?.packages ?? []) {
      if (!matchAdvisory({ ...advisory, affected: [entry] }, each).affected) continue;
      for (const id of vulnerabilitiesOf(advisory)) found.get(key)?.add(id);
    }
  }
}

function namesOf(each: Package): readonly PackageKey[] {
  const ecosystem = ecosystemOf(each.ecosystem ?? '').name;
  return askedNames(each, ecosystem).map(({ name }) => ({ ecosystem, name }));
}

function nameKey({ ecosystem, name }: PackageKey): string {
  return `${ecosystem}\n${name}`;
}

function keyOf({ ecosystem, name, version, source }: Package): string {
  return `${ecosystem}\n${name}\n${version}\n${source?.name ?? ''}\n${source?.version ?? ''}`;
}
