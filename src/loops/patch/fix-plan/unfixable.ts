import { KEEP, resultOf } from './action.ts';
import type { Content } from './content.ts';
import { exposureOf } from './cost.ts';
import type { Unfixable, UnfixableReason } from './fix-plan.ts';
import type { FixImage } from './fix-problem.ts';
import { type Outcome, packageName } from './outcome.ts';
import { ABSENT, bareBit, bothBits, indexesOf, type PackageSet } from './package-set.ts';

/** Each package that a required image still holds after the plan, and why nothing removes it. */
export function unfixableOf(outcome: Outcome, optimal: boolean): readonly Unfixable[] {
  const { packages } = outcome.contents;
  const left = leftOf(outcome);
  if (left.length === 0) return [];
  const all = changedEverywhere(outcome);
  return left.map(({ content, held }) => {
    const { id, name, team, instances } = content.image;
    const purl = packages[held.package]?.purl ?? '';
    const obstacle = obstacleOf(held, all, outcome) ?? noObstacle(packageName(purl, outcome), optimal);
    return { image: id, name, team, purl, ...obstacle, instances };
  });
}

interface Left {
  readonly content: Content;
  readonly held: Held;
}

function leftOf({ contents, holds }: Outcome): readonly Left[] {
  const left: Left[] = [];
  for (let image = 0; image < holds.length; image++) {
    const content = contents.images[image];
    const set = holds[image] ?? 0n;
    if (content === undefined || set === 0n || exposureOf(content.image, set) === 0) continue;
    for (const which of indexesOf(set)) left.push({ content, held: { image, package: which } });
  }
  return left;
}

interface Everything {
  readonly holds: readonly PackageSet[];
  readonly bases: readonly (number | null)[];
}

/** What would be left if every image that can be built had its source changed, with the plan's bases. */
function changedEverywhere({ contents, actions }: Outcome): Everything {
  const holds: PackageSet[] = [];
  const bases: (number | null)[] = [];
  const holdsOf = (source: number): PackageSet => holds[source] ?? ABSENT;
  for (const content of contents.images) {
    const planned = actions[holds.length] ?? KEEP;
    const reference = planned.kind === 'keep' ? ownReference(content) : planned.reference;
    bases.push(content.references[reference]?.source ?? null);
    holds.push(
      content.image.buildSource && content.now !== 0n
        ? (resultOf(content, { kind: 'change', reference }, holdsOf) ?? content.now)
        : content.now,
    );
  }
  return { holds, bases };
}

function ownReference({ references, base }: Content): number {
  const own = references.findIndex(({ source }) => source === base);
  return own >= 0 ? own : references.length - 1;
}

interface Held {
  readonly image: number;
  readonly package: number;
}

interface Obstacle {
  readonly why: UnfixableReason;
  readonly explanation: string;
}

/** Follows the package to the image where nothing more can be done about it; null: there is no such. */
function obstacleOf(held: Held, all: Everything, outcome: Outcome): Obstacle | null {
  const found = outcome.contents.packages[held.package];
  const content = outcome.contents.images[held.image];
  if (found === undefined || content === undefined) return null;
  const label = packageName(found.purl, outcome);
  if (found.fixed === null) {
    return { why: 'no-fix-published', explanation: `no fixed version of ${label} is published` };
  }
  const { name, buildSource } = content.image;
  if (!buildSource) {
    return {
      why: 'no-build-source',
      explanation: `${name} has no build source, so it can't be built without ${label}`,
    };
  }
  if ((at(all.holds, held.image) & bothBits(held.package)) === 0n) return null;
  return originObstacle(originOf(held, content, all, outcome), content.image, { ...found, label });
}

/** Taken by itself, the package could be removed. */
function noObstacle(label: string, optimal: boolean): Obstacle {
  return optimal
    ? { why: 'outweighed', explanation: `what would remove ${label} leaves or brings in as much elsewhere` }
    : {
        why: 'search-stopped',
        explanation: `the search for a plan stopped before one was found that removes ${label}; there may be one`,
      };
}

interface Origin {
  /** The last image on the way: one that can't be built, or whose source nobody knows. */
  readonly last: Content;
  readonly copied: boolean;
}

function originOf(held: Held, start: Content, all: Everything, { contents }: Outcome): Origin {
  let last = start;
  let copied = false;
  for (let index: number | null = held.image; index !== null;) {
    last = contents.images[index] ?? last;
    if (!last.image.buildSource) break;
    const copy = last.copies.find(
      ({ from, package: which }) => which === held.package && (at(all.holds, from) & bothBits(which)) !== 0n,
    );
    const unknown = copy === undefined && (last.ownChanged & bareBit(held.package)) !== 0n;
    copied ||= unknown || copy !== undefined;
    index = unknown ? null : (copy?.from ?? all.bases[index] ?? null);
  }
  return { last, copied };
}

function originObstacle(
  { last, copied }: Origin,
  { name }: FixImage,
  { purl, label }: { readonly purl: string; readonly label: string },
): Obstacle {
  if (copied) {
    const from = last.image.buildSource
      ? 'an image that is not known'
      : `${last.image.name}, which has no build source`;
    return {
      why: 'copied-from-elsewhere',
      explanation: `files of ${label} are copied from ${from}; only a fixed build of that removes them from ${name}`,
    };
  }
  const ways = last.image.holdings
    .filter((holding) => holding.purl === purl)
    .map(({ origin: { kind } }) => kind);
  if (ways.includes('downloaded')) {
    return {
      why: 'downloaded-by-hand',
      explanation: `${last.image.name} downloads ${label} without a package manager and has no build source; no image built from it can upgrade that`,
    };
  }
  const foreign = last.image.buildSource && last.image.base?.kind === 'foreign' ? last.image.base : null;
  const which = foreign?.neverSeen === true ? 'which nobody has seen' : 'which is not ours to build';
  return {
    why: 'base-not-ours',
    explanation: `${label} comes from ${foreign?.name ?? last.image.name}, ${which}, and ${name} has no package manager to upgrade it with`,
  };
}

function at(holds: readonly PackageSet[], index: number): PackageSet {
  const set = holds[index] ?? ABSENT;
  return set === ABSENT ? 0n : set;
}
