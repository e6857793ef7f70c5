import type { Advisory, Package } from '#model';
import { canonicalName } from '../matching/canonical-name.ts';
import { matchAdvisory } from '../matching/match-advisory.ts';
import { ecosystemOf } from '../matching/named-ecosystem.ts';

/** What a list has of what the records speak of. */
export interface JudgedList {
  /** Package URLs. */
  readonly affected: readonly string[];
  /** `openssl 3.0.22-1~deb12u2`: named by the records, and not affected. */
  readonly others: readonly string[];
}

/** Packages that the records speak of, in whatever version. */
export function namedIn(packages: readonly Package[], records: readonly Advisory[]): readonly Package[] {
  const names = new Set(
    records.flatMap(({ affected }) => affected.map((entry) => asked(entry.ecosystem, entry.name))),
  );
  return packages.filter(({ ecosystem, name, source }) => {
    if (ecosystem === null) return false;
    return [name, source?.name ?? name].some((each) => names.has(asked(ecosystem, each)));
  });
}

export function judgeList(packages: readonly Package[], records: readonly Advisory[]): JudgedList {
  const found = { affected: new Set<string>(), others: new Set<string>() };
  for (const own of namedIn(packages, records)) {
    if (records.some((record) => matchAdvisory(record, own).affected)) found.affected.add(own.purl);
    else found.others.add(`${own.name} ${own.version}`);
  }
  return { affected: [...found.affected].toSorted(), others: [...found.others].toSorted() };
}

function asked(ecosystem: string, name: string): string {
  const own = ecosystemOf(ecosystem).name;
  return `${own}\n${canonicalName(own, name)}`;
}
