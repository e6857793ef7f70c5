import type { Advisory, AffectedPackage, Package, VersionInterval } from '#model';
import type { HeldRun, PackageEntry, PackageIndex, PackageQuestion } from '#graph';
import type { Scheme } from '#versions';
import { canonicalName, canonicalVersion } from '../matching/canonical-name.ts';
import { entryRanges } from '../matching/entry-ranges.ts';
import { matchAdvisory } from '../matching/match-advisory.ts';
import { ecosystemOf } from '../matching/named-ecosystem.ts';
import { releaseHolds } from '../matching/releases.ts';
import { EVERYTHING } from '../matching/version-intervals.ts';
import { versionRow } from '../matching/version-row.ts';

/** A package that is affected, and what says so. */
export interface MatchedPackage {
  readonly package: PackageEntry;
  readonly matches: {
    readonly advisory: string;
    readonly basis: string;
    readonly fixed: string | null;
  }[];
}

/** Who holds what an advisory, or a question about packages, speaks of. */
export interface Holdings {
  /** Config digests, running or not: put together when asked. */
  readonly images: ReadonlySet<string>;
  /** By {@link packageKey}. */
  readonly packages: ReadonlyMap<string, MatchedPackage>;
  /** By layer: worked out when asked. */
  runs(): readonly HeldRun[];
}

/** What is held, and how its ecosystems are spelled there. */
export interface Held {
  readonly index: PackageIndex;
  readonly ecosystems: Iterable<string>;
}

/** The same package in another place, or of another release, which the URL does not tell, is another one. */
function packageKey({ purl, path, ecosystem }: PackageEntry): string {
  return `${purl}\n${path ?? ''}\n${ecosystem ?? ''}`;
}

/**
 * Everything that the records affect. The index narrows it down by ecosystem, name and versions; the
 * verdict on each package that is left is `matchAdvisory`'s, the same that an explanation shows.
 */
export function affectedBy(records: readonly Advisory[], held: Held): Holdings {
  const packages = new Map<string, MatchedPackage>();
  const questions = records
    .filter(({ withdrawn }) => withdrawn === null)
    .flatMap((record) =>
      record.affected.flatMap((entry) =>
        questionsOf(entry, held.ecosystems).map((question): PackageQuestion => ({
          ...question,
          accepts: (found) => judge(record, entry, found, packages),
        })),
      ),
    );
  return holdingsOf(questions, held.index, packages);
}

/** Every version of the packages that the records speak of, affected or not. */
export function namedBy(records: readonly Advisory[], held: Held): Holdings {
  const packages = new Map<string, MatchedPackage>();
  const questions = records.flatMap((record) =>
    record.affected.flatMap((entry) =>
      questionsOf(entry, held.ecosystems).map((question): PackageQuestion => ({
        ...question,
        intervals: [EVERYTHING],
        accepts: (found) => note(found, packages),
      })),
    ),
  );
  return holdingsOf(questions, held.index, packages);
}

/** What was asked for itself: a package URL, or a name with a range. */
export function holdingAny(questions: readonly PackageQuestion[], index: PackageIndex): Holdings {
  const packages = new Map<string, MatchedPackage>();
  const noting = questions.map((question) => ({
    ...question,
    accepts: (found: PackageEntry) =>
      (question.accepts === undefined || question.accepts(found)) && note(found, packages),
  }));
  return holdingsOf(noting, index, packages);
}

function holdingsOf(
  questions: readonly PackageQuestion[],
  index: PackageIndex,
  packages: ReadonlyMap<string, MatchedPackage>,
): Holdings {
  // Several entries and records speak of the same package: it is held once.
  const taken = new Set<string>();
  const isNew = (found: PackageEntry): boolean => {
    const before = taken.size;
    return taken.add(JSON.stringify(found)).size > before;
  };
  const answers = questions.map(({ accepts, ...question }) =>
    index.imagesHolding({ ...question, accepts: (found) => accepts?.(found) !== false && isNew(found) }),
  );
  let images: ReadonlySet<string> | null = null;
  let runs: readonly HeldRun[] | null = null;
  return {
    get images() {
      return (images ??= new Set(answers.flatMap((answer) => answer.images)));
    },
    packages,
    runs: () => (runs ??= answers.flatMap((answer) => answer.runs())),
  };
}

/** One question for each release that is held and that the entry speaks of. */
function questionsOf(entry: AffectedPackage, ecosystems: Iterable<string>): readonly PackageQuestion[] {
  const asked = ecosystemOf(entry.ecosystem);
  const about = (ecosystem: string, scheme: Scheme | null): PackageQuestion => ({
    ecosystem,
    name: canonicalName(asked.name, entry.name),
    intervals: intervalsOf(entry, scheme),
    enumerated: entry.versions.map((version) => canonicalVersion(asked.name, version)),
  });
  if (asked.release === null) return [about(asked.name, asked.scheme)];
  const questions: PackageQuestion[] = [];
  for (const ecosystem of ecosystems) {
    const own = ecosystemOf(ecosystem);
    if (own.name !== asked.name || !releaseHolds(own.name, asked.release, own.release)) continue;
    questions.push(about(ecosystem, own.scheme));
  }
  return questions;
}

/** Where the index knows no order, it finds all versions, and `judge` is left to tell. */
function intervalsOf(entry: AffectedPackage, scheme: Scheme | null): readonly VersionInterval[] {
  if (scheme === null) return entry.ranges.length === 0 ? [] : [EVERYTHING];
  return entryRanges(entry, versionRow(scheme)).intervals;
}

function judge(
  record: Advisory,
  entry: AffectedPackage,
  found: PackageEntry,
  packages: Map<string, MatchedPackage>,
): boolean {
  const own: Package = { ...found, layer: null };
  const { affected, basis, fixed } = matchAdvisory({ ...record, affected: [entry] }, own);
  if (!affected) return false;
  const { matches } = matchedIn(packages, found);
  const isKnown = matches.some((match) => match.advisory === record.id && match.basis === basis);
  if (!isKnown) matches.push({ advisory: record.id, basis: basis ?? '', fixed });
  return true;
}

function note(found: PackageEntry, packages: Map<string, MatchedPackage>): boolean {
  matchedIn(packages, found);
  return true;
}

function matchedIn(packages: Map<string, MatchedPackage>, found: PackageEntry): MatchedPackage {
  const key = packageKey(found);
  const known = packages.get(key);
  if (known !== undefined) return known;
  const matched: MatchedPackage = { package: found, matches: [] };
  packages.set(key, matched);
  return matched;
}
