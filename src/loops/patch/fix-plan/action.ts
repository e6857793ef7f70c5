import { buildOf, type Content } from './content.ts';
import { ABSENT, type PackageSet } from './package-set.ts';

/** What a plan does to one image. */
export type Action =
  | { readonly kind: 'keep' }
  /** Built again, or for the first time, with its source as it is. */
  | { readonly kind: 'rebuild'; readonly reference: number }
  /** Its own source changes, its base reference, or both; then it is built. */
  | { readonly kind: 'change'; readonly reference: number };

/** Index into the contents → what is done to it. */
export type Actions = readonly Action[];

export const KEEP: Action = { kind: 'keep' };

/**
 * Every action that the image allows, best first where two cost the same: a newer base comes before
 * an upgrade in a layer of its own.
 */
export function actionsOf(content: Content): readonly Action[] {
  if (!content.image.buildSource) return [KEEP];
  const references = content.references.keys().toArray();
  const [moves, stays] = [true, false].map((changes) =>
    references.filter((reference) => content.references[reference]?.changes === changes),
  ) as [number[], number[]]; // one list for each of the two values
  return [
    KEEP,
    ...stays.map((reference): Action => ({ kind: 'rebuild', reference })),
    ...moves.map((reference): Action => ({ kind: 'change', reference })),
    ...stays.map((reference): Action => ({ kind: 'change', reference })),
  ];
}

/**
 * What the image holds after the action, when its sources hold `holds`; null where it can't be
 * built, because a source of it was never built.
 */
export function resultOf(
  content: Content,
  action: Action,
  holds: (index: number) => PackageSet,
): PackageSet | null {
  if (action.kind === 'keep') return content.now;
  const reference = content.references[action.reference];
  if (reference === undefined) return null;
  const base = reference.source === null ? reference.constant : holds(reference.source);
  if (base === ABSENT || content.copySources.some((from) => holds(from) === ABSENT)) return null;
  return buildOf(content, base, action.kind === 'change', holds);
}
