import type { Advisory, AffectedPackage, ExplanationAnswer, Package } from '#model';
import { askedNames, type AskedName } from './asked-names.ts';
import { canonicalName } from './canonical-name.ts';
import { explainRanges } from './explain-ranges.ts';
import { listedVersion } from './listed-version.ts';
import { ecosystemOf, type NamedEcosystem } from './named-ecosystem.ts';
import { releaseHolds } from './releases.ts';
import { versionRow, type VersionRow } from './version-row.ts';

export type MatchStep = ExplanationAnswer['steps'][number];

export interface AdvisoryMatch {
  readonly affected: boolean;
  /** The range or the enumerated version that holds; null: none does. */
  readonly basis: string | null;
  /** The first version after it that is not affected; null: not affected, or none is known. */
  readonly fixed: string | null;
  /** What was compared, in the order of the advisory's entries. */
  readonly steps: readonly MatchStep[];
}

/** Whether a package is affected, and why: every entry of the advisory, and what became of it. */
export function matchAdvisory(advisory: Advisory, own: Package): AdvisoryMatch {
  if (advisory.withdrawn !== null) return withdrawn(advisory);
  const ecosystem = own.ecosystem === null ? null : ecosystemOf(own.ecosystem);
  const found = advisory.affected.flatMap((entry) => {
    const { name, release, scheme } = ecosystemOf(entry.ecosystem);
    const about = {
      advisory: advisory.id,
      affected: `${entry.ecosystem} ${entry.name}`,
      range: null,
    } as const;
    const names = ecosystem?.name === name ? askedNames(own, name) : [];
    const asked = names.filter((each) => each.name === canonicalName(name, entry.name));
    if (asked.length === 0) return [unaffected({ ...about, ...otherPackage(own, names) })];
    if (!releaseHolds(name, release, ecosystem?.release ?? null)) {
      return [unaffected({ ...about, ...otherRelease(own, release) })];
    }
    return asked.map((each) => matchEntry(about, entry, each, scheme));
  });
  const holding = found.find((each) => each.affected);
  return {
    affected: holding !== undefined,
    basis: holding?.basis ?? null,
    fixed: holding?.fixed ?? null,
    steps: found.flatMap((each) => each.steps),
  };
}

type Result = Pick<MatchStep, 'result' | 'explanation'>;
type About = Pick<MatchStep, 'advisory' | 'affected'>;

function matchEntry(
  about: About,
  entry: AffectedPackage,
  asked: AskedName,
  scheme: NamedEcosystem['scheme'],
): AdvisoryMatch {
  const ecosystem = ecosystemOf(entry.ecosystem).name;
  const row = rowOf(entry, scheme);
  const own = asked.of === 'source' ? `its source ${asked.name} ${asked.version}` : asked.version;
  const ranges = row === null ? null : explainRanges(entry, asked.version, row);
  if (ranges?.result === 'holds') {
    const { range, fixed } = ranges;
    const explanation = `${own} ${ranges.because}`;
    const step: MatchStep = { ...about, range, result: 'holds', explanation };
    return { affected: true, basis: `${entry.name} ${range}`, fixed, steps: [step] };
  }
  const listed = listedVersion(entry, ecosystem, asked.version, { scheme, row });
  if (listed !== null) {
    const explanation = `${own} is one of the ${entry.versions.length} versions that are listed`;
    const step: MatchStep = { ...about, range: null, result: 'enumerated', explanation };
    const fixed = ranges?.fixed ?? null;
    return { affected: true, basis: `${entry.name} ${listed}, which is listed`, fixed, steps: [step] };
  }
  if (ranges !== null && ranges.result !== 'not-listed') {
    const explanation = `${own} ${ranges.because}`;
    return unaffected({ ...about, range: ranges.range, result: ranges.result, explanation });
  }
  return unaffected({
    ...about,
    range: null,
    result: 'not-listed',
    explanation: notListed(own, entry, row !== null),
  });
}

/** Semantic versions have their order everywhere; others need an ecosystem that is known. */
function rowOf(entry: AffectedPackage, scheme: NamedEcosystem['scheme']): VersionRow | null {
  const isSemantic = entry.ranges.length > 0 && entry.ranges.every((range) => range.type === 'SEMVER');
  const known = scheme ?? (isSemantic ? 'semver' : null);
  return known === null ? null : versionRow(known);
}

function notListed(own: string, entry: AffectedPackage, hasOrder: boolean): string {
  if (!hasOrder && entry.ranges.length > 0) {
    return `${own} is not listed, and nothing here knows the order of the versions of ${entry.ecosystem}`;
  }
  return entry.versions.length === 0
    ? 'the entry names no version that is affected'
    : `${own} is none of the ${entry.versions.length} versions that are listed`;
}

function unaffected(step: MatchStep): AdvisoryMatch {
  return { affected: false, basis: null, fixed: null, steps: [step] };
}

function withdrawn(advisory: Advisory): AdvisoryMatch {
  return unaffected({
    advisory: advisory.id,
    affected: advisory.affected.map((entry) => `${entry.ecosystem} ${entry.name}`).join(', '),
    range: null,
    result: 'withdrawn',
    explanation: 'the advisory was withdrawn, so it holds for nothing',
  });
}

function otherPackage(own: Package, asked: readonly AskedName[]): Result {
  const names = asked.length === 0 ? [own.name] : asked.map((each) => each.name);
  return {
    result: 'other-package',
    explanation: `the package is ${names.join(' of ')} of ${own.ecosystem ?? 'no ecosystem that is known'}`,
  };
}

function otherRelease(own: Package, release: string | null): Result {
  return {
    result: 'other-release',
    explanation: `the entry is about release ${release}, the package is of ${own.ecosystem ?? 'none'}`,
  };
}
