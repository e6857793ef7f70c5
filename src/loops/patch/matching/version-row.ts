import { isOrdered, versionOrder, type Scheme } from '#versions';
import type { VersionOrder } from './version-intervals.ts';

/** The versions of one scheme. */
export interface VersionRow {
  readonly order: VersionOrder;
  /** False: it stands in a ring of the order, where nothing can be found by halves. */
  readonly isInRow: (version: string) => boolean;
}

const ROWS = new Map<Scheme, VersionRow>();

/** The same object for the same scheme. */
export function versionRow(scheme: Scheme): VersionRow {
  const known = ROWS.get(scheme);
  if (known !== undefined) return known;
  const row = { order: versionOrder(scheme), isInRow: (version: string) => isOrdered(scheme, version) };
  ROWS.set(scheme, row);
  return row;
}

/** Of a list in which `holds` is false up to some member and true from there on; its length: never. */
export function firstIndex<Member>(list: readonly Member[], holds: (member: Member) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // Between 0 and the length.
    if (holds(list[middle] as Member)) high = middle;
    else low = middle + 1;
  }
  return low;
}
