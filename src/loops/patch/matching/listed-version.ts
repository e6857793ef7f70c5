import type { AffectedPackage } from '#model';
import type { Scheme } from '#versions';
import { canonicalVersion } from './canonical-name.ts';
import type { VersionOrder } from './version-intervals.ts';
import { firstIndex, type VersionRow } from './version-row.ts';

/**
 * The enumerated version that is the package's own: the same text, or another spelling of the same version
 * (`1.0` and `1.0.0` of PyPI). Builds (`1.0.0+a`) are told apart, also where the order does not. Null: none.
 */
export function listedVersion(
  entry: AffectedPackage,
  ecosystem: string,
  version: string,
  { scheme, row }: { readonly scheme: Scheme | null; readonly row: VersionRow | null },
): string | null {
  const list = entry.versions.length > SHORT ? longList(entry) : null;
  if (list?.texts.has(version) ?? entry.versions.includes(version)) return version;
  if (row === null || !hasSpellings(scheme, version)) return null;
  const spelled = (each: string): string => canonicalVersion(ecosystem, each);
  if (list === null || !row.isInRow(version)) {
    const isSame = (each: string): boolean => row.order(version, spelled(each)) === 0;
    return entry.versions.find((each) => !each.includes('+') && isSame(each)) ?? null;
  }
  list.inOrder ??= inOrder(list.texts, row, spelled);
  return foundIn(list.inOrder, version, (left, right) => row.order(spelled(left), spelled(right)));
}

function hasSpellings(scheme: Scheme | null, version: string): boolean {
  return scheme !== null && !ONE_SPELLING.has(scheme) && !version.includes('+');
}

/** Packages and records are both made from the same archive's list, and most records enumerate by the hundred. */
const ONE_SPELLING: ReadonlySet<Scheme> = new Set(['debian', 'alpine', 'rpm']);

/** Looking through so many is cheaper than to put them in order first. */
const SHORT = 1000;

interface LongList {
  readonly texts: ReadonlySet<string>;
  /** When somebody asks for another spelling. */
  inOrder?: InOrder;
}

interface InOrder {
  readonly ordered: readonly string[];
  /** What has no place in the row. */
  readonly others: readonly string[];
}

/** An entry is of one ecosystem, so it has one order. */
const LISTS = new WeakMap<AffectedPackage, LongList>();

function longList(entry: AffectedPackage): LongList {
  const known = LISTS.get(entry) ?? { texts: new Set(entry.versions) };
  LISTS.set(entry, known);
  return known;
}

function foundIn({ ordered, others }: InOrder, version: string, order: VersionOrder): string | null {
  const nearest = ordered[firstIndex(ordered, (each) => order(each, version) >= 0)];
  if (nearest !== undefined && order(nearest, version) === 0) return nearest;
  return others.find((each) => order(each, version) === 0) ?? null;
}

function inOrder(texts: ReadonlySet<string>, row: VersionRow, spelled: (text: string) => string): InOrder {
  const plain = [...texts].filter((text) => !text.includes('+'));
  const isInRow = (text: string): boolean => row.isInRow(spelled(text));
  return {
    ordered: plain.filter(isInRow).toSorted((left, right) => row.order(spelled(left), spelled(right))),
    others: plain.filter((text) => !isInRow(text)),
  };
}
