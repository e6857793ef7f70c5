import { parsePackageUrl } from '#model';
import type { Action, Actions } from './action.ts';
import type { Content, Contents, Packages, Reference } from './content.ts';
import { ABSENT, bothBits, buildOf } from './content.ts';

/** A plan and what it leads to: what the reports are written from. */
export interface Outcome {
  readonly contents: Contents;
  readonly actions: Actions;
  readonly holds: readonly Packages[];
}

export interface PlannedImage {
  readonly index: number;
  readonly content: Content;
  readonly action: Action;
  readonly holds: Packages;
}

export function plannedImages({ contents, actions, holds }: Outcome): readonly PlannedImage[] {
  return contents.images.flatMap((content, index) => {
    const [action, held] = [actions[index], holds[index]];
    return action === undefined || held === undefined ? [] : [{ index, content, action, holds: held }];
  });
}

/** Null: it is not built. */
export function referenceOf({ action, content }: PlannedImage): Reference | null {
  return action.kind === 'keep' ? null : (content.references[action.reference] ?? null);
}

/** What a build from this reference would hold; what it holds now where there is nothing to build from. */
export function wouldHold(
  content: Content,
  reference: Reference | undefined,
  changed: boolean,
  holds: (index: number) => Packages,
): Packages {
  if (reference === undefined) return content.now;
  const base = reference.source === null ? reference.constant : holds(reference.source);
  return base === ABSENT ? content.now : buildOf(content, base, changed, holds);
}

/** Indexes of the packages in a set. */
export function indexesOf(set: Packages, count: number): readonly number[] {
  if (set === ABSENT || set === 0n) return [];
  return Array.from({ length: count }, (_, index) => index).filter((index) => (set & bothBits(index)) !== 0n);
}

/** `openssl` of `pkg:deb/debian/openssl@3.0.1?arch=amd64`; what is no package URL stays as it is. */
export function packageName(purl: string): string {
  return parsePackageUrl(purl)?.name ?? purl;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
