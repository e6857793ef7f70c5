import { parsePackageUrl } from '#model';
import type { Action, Actions } from './action.ts';
import { buildOf, type Content, type Contents, type Reference } from './content.ts';
import { ABSENT, type PackageSet } from './package-set.ts';

/** A plan and what it leads to: what the reports are written from. */
export interface Outcome {
  readonly contents: Contents;
  readonly actions: Actions;
  readonly holds: readonly PackageSet[];
  /** What is built, in the order of the contents. */
  readonly built: readonly PlannedBuild[];
  /** By package URL. */
  readonly packageNames: ReadonlyMap<string, string>;
}

export interface PlannedBuild {
  readonly index: number;
  readonly content: Content;
  readonly action: Exclude<Action, { readonly kind: 'keep' }>;
  readonly reference: Reference;
  readonly holds: PackageSet;
}

export function outcomeOf(contents: Contents, actions: Actions, holds: readonly PackageSet[]): Outcome {
  const built: PlannedBuild[] = [];
  for (let index = 0; index < actions.length; index++) {
    const [content, action] = [contents.images[index], actions[index]];
    if (content === undefined || action === undefined || action.kind === 'keep') continue;
    const reference = content.references[action.reference];
    if (reference === undefined) continue;
    built.push({ index, content, action, reference, holds: holds[index] ?? ABSENT });
  }
  const packageNames = new Map(
    contents.packages.map(({ purl }) => [purl, parsePackageUrl(purl)?.name ?? purl]),
  );
  return { contents, actions, holds, built, packageNames };
}

/** What a build from this reference would hold; what it holds now where there is nothing to build from. */
export function wouldHold(
  content: Content,
  reference: Reference | undefined,
  changed: boolean,
  holds: (index: number) => PackageSet,
): PackageSet {
  if (reference === undefined) return content.now;
  const base = reference.source === null ? reference.constant : holds(reference.source);
  return base === ABSENT ? content.now : buildOf(content, base, changed, holds);
}

/** `openssl` of `pkg:deb/debian/openssl@3.0.1?arch=amd64`; what is no package URL stays as it is. */
export function packageName(purl: string, { packageNames }: Outcome): string {
  return packageNames.get(purl) ?? purl;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
