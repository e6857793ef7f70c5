import { isDeepStrictEqual } from 'node:util';

import type { DeclaredKind, DeclaredSubject } from './declared-set.ts';

/** What is compared: where something stands may change without anything being declared anew. */
export type Comparable = Pick<DeclaredSubject, 'kind' | 'id' | 'data'>;

export interface DeclarationChange {
  readonly change: 'added' | 'changed' | 'removed';
  readonly kind: DeclaredKind;
  readonly id: string;
}

/** What it takes to come from one set to the other, by kind and id; empty when they say the same. */
export function diffDeclarations(
  before: readonly Comparable[],
  after: readonly Comparable[],
): readonly DeclarationChange[] {
  const [old, current] = [byKey(before), byKey(after)];
  const changes: DeclarationChange[] = [];
  for (const [key, { kind, id, data }] of current) {
    const earlier = old.get(key);
    if (earlier === undefined) changes.push({ change: 'added', kind, id });
    else if (!isDeepStrictEqual(earlier.data, data)) changes.push({ change: 'changed', kind, id });
  }
  for (const [key, { kind, id }] of old) {
    if (!current.has(key)) changes.push({ change: 'removed', kind, id });
  }
  return changes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function byKey(subjects: readonly Comparable[]): ReadonlyMap<string, Comparable> {
  return new Map(subjects.map((subject) => [keyOf(subject), subject]));
}

function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind} ${id}`;
}
