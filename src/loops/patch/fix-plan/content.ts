import { FixPlanError } from './fix-plan-error.ts';
import type { FixImage, FixProblem, Holding, VulnerablePackage } from './fix-problem.ts';
import { compareText, copySourcesOf, orderImages } from './image-order.ts';

/**
 * Vulnerable packages as a set of bits, two for each package: the even one where a package manager
 * knows it, so that a descendant can upgrade it, the odd one for bare files, which it can't.
 */
export type Packages = bigint;

/** Of an image that was never built. */
export const ABSENT: Packages = -1n;

/** Where a build takes its base from. */
export interface Reference {
  /** Index of the image; null: what it brings is `constant` whatever the plan does. */
  readonly source: number | null;
  readonly constant: Packages;
  /** Taking it means to change the base reference. */
  readonly changes: boolean;
}

/** What builds of one image hold, as far as it depends on the image itself. */
export interface Content {
  readonly image: FixImage;
  /** Index of its base; null: none, or foreign. */
  readonly base: number | null;
  /** What it holds now; {@link ABSENT} where there is no content yet. */
  readonly now: Packages;
  /** Brought in by its own steps when it is built again, with its source as it is. */
  readonly ownRebuilt: Packages;
  /** The same with its source changed. */
  readonly ownChanged: Packages;
  /** In its base, and not in it: it has replaced or removed them itself, and will do so again. */
  readonly masked: Packages;
  /** What a changed source can upgrade of that which it inherits. */
  readonly upgradable: Packages;
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
  const sorted = problem.packages.toSorted((left, right) => compareText(left.purl, right.purl));
  const packages = new Map(sorted.map(({ purl }, index) => [purl, index]));
  if (packages.size < sorted.length) throw new FixPlanError('a package is listed twice');
  const fixable = sorted.reduce(
    (set, { fixed }, index) => (fixed === null ? set : set | bothBits(index)),
    0n,
  );
  const managed = sorted.reduce((set, _package, index) => set | managedBit(index), 0n);
  const images = orderImages(problem.images);
  const indexes = new Map(images.map(({ id }, index) => [id, index]));
  const contents: Content[] = [];
  for (const image of images)
    contents.push(contentOf(image, { packages, indexes, fixable, managed, contents }));
  return { packages: sorted, images: contents };
}

/** What the image holds after a build from this base; the copied files are those of `holds`. */
export function buildOf(
  content: Content,
  base: Packages,
  changed: boolean,
  holds: (index: number) => Packages,
): Packages {
  let set = base & ~content.masked;
  if (changed) set &= ~content.upgradable;
  set |= changed ? content.ownChanged : content.ownRebuilt;
  for (const copy of content.copies) {
    if ((holds(copy.from) & bothBits(copy.package)) !== 0n) set |= bareBit(copy.package);
  }
  return set;
}

const managedBit = (index: number): Packages => bitsOf(MANAGED, 1n, index);
export const bareBit = (index: number): Packages => bitsOf(BARE, 2n, index);
export const bothBits = (index: number): Packages => bitsOf(BOTH, 3n, index);

/** Shifting makes a new number each time, and a large organisation asks for the same ones very often. */
const [MANAGED, BARE, BOTH]: readonly [Packages[], Packages[], Packages[]] = [[], [], []];

function bitsOf(known: Packages[], first: Packages, index: number): Packages {
  return (known[index] ??= first << BigInt(2 * index));
}

/** How many packages, either way they came. */
export function countOf(set: Packages): number {
  let count = 0;
  for (let rest = set; rest > 0n; rest >>= 2n) if ((rest & 3n) !== 0n) count += 1;
  return count;
}

interface Context {
  readonly packages: ReadonlyMap<string, number>;
  readonly indexes: ReadonlyMap<string, number>;
  readonly fixable: Packages;
  /** The bit of every package that a package manager knows. */
  readonly managed: Packages;
  readonly contents: readonly Content[];
}

function contentOf(image: FixImage, context: Context): Content {
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
    image,
    base,
    now: image.built ? managed | downloaded | inherited | copied : ABSENT,
    ownRebuilt:
      (managed & ~(brought.refetched & ~brought.own & context.fixable)) | downloaded | unknownCopies,
    ownChanged: ((managed | downloaded) & ~context.fixable) | unknownCopies,
    masked: image.built ? spread(baseNow) & ~brought.base : 0n,
    upgradable: image.upgrades ? context.fixable & context.managed : 0n,
    references: referencesOf(image, { base, baseNow, inherited }, context),
    copies,
    copySources: copySourcesOf(image).map((id) => indexOf(id, context)),
  };
}

function referencesOf(
  image: FixImage,
  own: { readonly base: number | null; readonly baseNow: Packages; readonly inherited: Packages },
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
  const frozen = { source: null, constant: context.contents[base]?.now ?? ABSENT, changes: false };
  return image.base.pinned ? [...newer, followed, frozen] : [...newer, followed];
}

/** A list of an older build of the base can name what the base does not hold any more. */
function inheritedOf(baseNow: Packages, named: Packages, context: Context): Packages {
  return (baseNow & named) | (named & ~spread(baseNow) & context.managed);
}

/** Both bits of every package of which one is set. */
function spread(set: Packages): Packages {
  if (set === 0n) return set;
  let spreadSet = 0n;
  for (let index = 0; set >> BigInt(2 * index) > 0n; index++) {
    if ((set & bothBits(index)) !== 0n) spreadSet |= bothBits(index);
  }
  return spreadSet;
}

function nowOf(index: number, context: Context): Packages {
  const now = context.contents[index]?.now ?? ABSENT;
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
