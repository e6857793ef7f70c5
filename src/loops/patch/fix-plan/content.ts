import { FixPlanError } from './fix-plan-error.ts';
import type { FixImage, FixProblem, Holding, HoldingOrigin, VulnerablePackage } from './fix-problem.ts';
import { compareText, copySourcesOf, orderImages } from './image-order.ts';
import { ABSENT, bareBit, bothBits, bothWays, managedBit, type PackageSet } from './package-set.ts';

/** Where a build takes its base from. */
export interface Reference {
  /** Index of the image; null: what it brings is `constant` whatever the plan does. */
  readonly source: number | null;
  readonly constant: PackageSet;
  /** Taking it means to change the base reference. */
  readonly changes: boolean;
}

/** What builds of one image hold, as far as it depends on the image itself. */
export interface Content extends Recipe {
  readonly image: FixImage;
}

/** The part of it that images have in common which are built from the same, with the same steps. */
interface Recipe {
  /** The same in two images if all of it is. */
  readonly likeness: string;
  /** Index of its base; null: none, or foreign. */
  readonly base: number | null;
  /** What it holds now; {@link ABSENT} where there is no content yet. */
  readonly now: PackageSet;
  /** Brought in by its own steps when it is built again, with its source as it is. */
  readonly ownRebuilt: PackageSet;
  /** The same with its source changed. */
  readonly ownChanged: PackageSet;
  /** In its base, and not in it: it has replaced or removed them itself, and will do so again. */
  readonly masked: PackageSet;
  /** What a changed source can upgrade of that which it inherits. */
  readonly upgradable: PackageSet;
  readonly references: readonly Reference[];
  /** Package by package: the index of the image whose files it copies. */
  readonly copies: readonly { readonly from: number; readonly package: number }[];
  /** Indexes of all images whose files it copies: without them it can't be built. */
  readonly copySources: readonly number[];
}

export interface Contents {
  /** In the order of their bits. */
  readonly packages: readonly VulnerablePackage[];
  /** Each after everything that it could be built from. */
  readonly images: readonly Content[];
}

/** @throws FixPlanError where the problem contradicts itself. */
export function contentsOf(problem: FixProblem): Contents {
  const packages = problem.packages.toSorted((left, right) => compareText(left.purl, right.purl));
  const packageIndexes = new Map(packages.map(({ purl }, index) => [purl, index]));
  if (packageIndexes.size < packages.length) throw new FixPlanError('a package is listed twice');
  let [fixable, managed] = [0n, 0n];
  for (const [index, { fixed }] of packages.entries()) {
    managed |= managedBit(index);
    if (fixed !== null) fixable |= bothBits(index);
  }
  const ordered = orderImages(problem.images);
  const images: Content[] = [];
  const { indexes } = ordered;
  const context = { packages: packageIndexes, indexes, fixable, managed, images, recipes: new Map() };
  for (const image of ordered.images) images.push({ ...recipeOf(image, context), image });
  return { packages, images };
}

/** What the image holds after a build from this base; the copied files are those of `holds`. */
export function buildOf(
  content: Content,
  base: PackageSet,
  changed: boolean,
  holds: (index: number) => PackageSet,
): PackageSet {
  let set = base & ~content.masked;
  if (changed) set &= ~content.upgradable;
  set |= changed ? content.ownChanged : content.ownRebuilt;
  for (const copy of content.copies) {
    if ((holds(copy.from) & bothBits(copy.package)) !== 0n) set |= bareBit(copy.package);
  }
  return set;
}

/** Indexes of everything that a build from this base takes something from. */
export function takenFrom({ copySources }: Content, base: number | null): readonly number[] {
  return base === null || copySources.includes(base) ? copySources : [...copySources, base];
}

interface Context {
  readonly packages: ReadonlyMap<string, number>;
  readonly indexes: ReadonlyMap<string, number>;
  readonly fixable: PackageSet;
  /** The bit of every package that a package manager knows. */
  readonly managed: PackageSet;
  readonly images: readonly Content[];
  /** By likeness. */
  readonly recipes: Map<string, Recipe>;
}

/** Most images of an organisation are like a sibling of theirs. */
function recipeOf(image: FixImage, context: Context): Recipe {
  const likeness = likenessOf(image, context);
  const known = context.recipes.get(likeness);
  if (known !== undefined) return known;
  const recipe = newRecipe(image, likeness, context);
  context.recipes.set(likeness, recipe);
  return recipe;
}

/** All that its builds depend on, as it was written down. */
function likenessOf(image: FixImage, context: Context): string {
  const { buildSource, built, upgrades, base, newerBases, copiesFrom, holdings } = image;
  let likeness = (buildSource ? 's' : '') + (built ? 'b' : '') + (upgrades ? 'u' : '');
  if (base?.kind === 'image') likeness += `${base.pinned ? '@' : ':'}${indexOf(base.id, context)}`;
  for (const newer of newerBases)
    likeness += `${newer.sameReference ? '=' : '>'}${indexOf(newer.id, context)}`;
  for (const id of copiesFrom) likeness += `+${indexOf(id, context)}`;
  for (const holding of holdings) {
    likeness += ` ${originText(holding.origin, context)} ${packageOf(holding, image, context)}`;
  }
  return likeness;
}

function originText(origin: HoldingOrigin, context: Context): string {
  return origin.kind === 'copied' && origin.from !== null
    ? `copied+${indexOf(origin.from, context)}`
    : origin.kind;
}

function newRecipe(image: FixImage, likeness: string, context: Context): Recipe {
  const base = image.base?.kind === 'image' ? indexOf(image.base.id, context) : null;
  const baseNow = base === null ? 0n : nowOf(base, context);
  const brought = { own: 0n, refetched: 0n, downloaded: 0n, base: 0n, copied: 0n };
  const copies: { from: number; package: number }[] = [];
  let unknownCopies = 0n;
  for (const holding of image.holdings) {
    const index = packageOf(holding, image, context);
    brought[holding.origin.kind] |= bothBits(index);
    if (holding.origin.kind !== 'copied') continue;
    if (holding.origin.from === null) unknownCopies |= bareBit(index);
    else copies.push({ from: indexOf(holding.origin.from, context), package: index });
  }
  const managed = (brought.own | brought.refetched) & context.managed;
  const downloaded = brought.downloaded & ~context.managed;
  const inherited = inheritedOf(baseNow, brought.base, context);
  const copied = brought.copied & ~context.managed;
  return {
    likeness,
    base,
    now: image.built ? managed | downloaded | inherited | copied : ABSENT,
    ownRebuilt:
      (managed & ~(brought.refetched & ~brought.own & context.fixable)) | downloaded | unknownCopies,
    ownChanged: ((managed | downloaded) & ~context.fixable) | unknownCopies,
    masked: image.built ? bothWays(baseNow, context.managed) & ~brought.base : 0n,
    upgradable: image.upgrades ? context.fixable & context.managed : 0n,
    references: referencesOf(image, { base, baseNow, inherited }, context),
    copies,
    copySources: copySourcesOf(image).map((id) => indexOf(id, context)),
  };
}

function referencesOf(
  image: FixImage,
  own: { readonly base: number | null; readonly baseNow: PackageSet; readonly inherited: PackageSet },
  context: Context,
): readonly Reference[] {
  const newer = image.newerBases
    .map(({ id, sameReference }) => ({ source: indexOf(id, context), constant: 0n, changes: !sameReference }))
    .toSorted((left, right) => left.source - right.source);
  const { base } = own;
  if (base === null || image.base?.kind !== 'image') {
    return [...newer, { source: null, constant: own.inherited, changes: false }];
  }
  const followed = { source: base, constant: 0n, changes: image.base.pinned };
  const frozen = { source: null, constant: context.images[base]?.now ?? ABSENT, changes: false };
  return image.base.pinned ? [...newer, followed, frozen] : [...newer, followed];
}

/** A list of an older build of the base can name what the base does not hold any more. */
function inheritedOf(baseNow: PackageSet, named: PackageSet, context: Context): PackageSet {
  return (baseNow & named) | (named & ~bothWays(baseNow, context.managed) & context.managed);
}

function nowOf(index: number, context: Context): PackageSet {
  const now = context.images[index]?.now ?? ABSENT;
  return now === ABSENT ? 0n : now;
}

function indexOf(id: string, context: Context): number {
  const index = context.indexes.get(id);
  if (index === undefined) throw new FixPlanError(`there is no image with the id "${id}"`);
  return index;
}

function packageOf(holding: Holding, image: FixImage, context: Context): number {
  const index = context.packages.get(holding.purl);
  if (index === undefined) {
    throw new FixPlanError(`"${image.name}" holds "${holding.purl}", which is not among the packages`);
  }
  return index;
}
