import { ABSENT, type Packages } from './content.ts';
import type { ChangedPackage, FixPoint } from './fix-plan.ts';
import type { FixImage } from './fix-problem.ts';
import type { Outcome, PlannedImage } from './outcome.ts';
import { indexesOf, listed, packageName, plannedImages, referenceOf, wouldHold } from './outcome.ts';

/** The images whose source or base reference must change, each with what that removes. */
export function fixPointsOf(outcome: Outcome): readonly FixPoint[] {
  return plannedImages(outcome)
    .filter(({ action }) => action.kind === 'change')
    .map((planned) => fixPointOf(planned, outcome));
}

function fixPointOf(planned: PlannedImage, outcome: Outcome): FixPoint {
  const { image, references } = planned.content;
  const reference = referenceOf(planned) ?? undefined;
  const holds = (index: number): Packages => outcome.holds[index] ?? 0n;
  const edited = wouldHold(planned.content, reference, false, holds) & ~planned.holds;
  const stay = references.findLast(({ changes }) => !changes);
  const unmoved = wouldHold(planned.content, stay, false, holds);
  const moved = reference?.changes === true;
  const target =
    moved && reference.source !== null ? outcome.contents.images[reference.source]?.image : undefined;
  const removed = (moved ? (unmoved === ABSENT ? 0n : unmoved) & ~planned.holds : 0n) | edited;
  return {
    image: image.id,
    name: image.name,
    team: image.team,
    change: moved ? (edited === 0n ? 'base-reference' : 'both') : 'own-source',
    to: target === undefined ? null : { image: target.id, name: target.name },
    packages: changedPackages(planned, removed, outcome),
    reason: reasonOf(planned, { edited, removed }, outcome),
  };
}

function changedPackages(
  planned: PlannedImage,
  set: Packages,
  { contents }: Outcome,
): readonly ChangedPackage[] {
  return indexesOf(set, contents.packages.length).flatMap((index) => {
    const found = contents.packages[index];
    if (found === undefined) return [];
    const layer = planned.content.image.holdings.find(({ purl }) => purl === found.purl)?.layer ?? null;
    return [{ purl: found.purl, fixed: found.fixed, layer }];
  });
}

function reasonOf(
  planned: PlannedImage,
  sets: { readonly edited: Packages; readonly removed: Packages },
  outcome: Outcome,
): string {
  const reference = referenceOf(planned);
  const source = reference?.source ?? null;
  const base = source === null ? undefined : outcome.contents.images[source]?.image;
  const sentences: string[] = [];
  if (reference?.changes === true && base !== undefined)
    sentences.push(moveSentence(planned, source, outcome));
  const edited = namesOf(sets.edited, outcome);
  const own = edited.filter((name) => broughtIn(planned).has(name));
  const inherited = edited.filter((name) => !broughtIn(planned).has(name));
  sentences.push(...ownSentences(planned, own));
  if (inherited.length > 0) sentences.push(inheritedSentence(planned, inherited, outcome));
  return sentences.join('; ');
}

/** What its last stage brings in, and what it copies from other stages of the same source. */
function ownSentences({ content }: PlannedImage, names: readonly string[]): readonly string[] {
  const stageOf = (name: string): string | null => {
    const held = content.image.holdings.filter(({ purl }) => packageName(purl) === name);
    const origin = held.find(({ origin: { kind } }) => kind === 'downloaded')?.origin;
    return origin?.kind === 'downloaded' ? (origin.stage ?? null) : null;
  };
  return [...Map.groupBy(names, stageOf)].map(([stage, those]) => {
    const steps =
      stage === null
        ? `its own build steps bring in ${listed(those)}`
        : `${listed(those)} is copied from its stage ${stage}, whose build steps bring it in`;
    return `${steps}, so its source must take a fixed version`;
  });
}

function moveSentence(planned: PlannedImage, source: number | null, outcome: Outcome): string {
  const target = source === null ? undefined : outcome.contents.images[source];
  const name = target?.image.name ?? '';
  const built = source !== null && outcome.actions[source]?.kind !== 'keep';
  if (source === planned.content.base)
    return `its base reference is pinned, and must move to the new build of ${name}`;
  return built
    ? `its base reference moves to ${name}, which is built first`
    : `its base reference moves to ${name}, which is already fixed`;
}

function inheritedSentence(planned: PlannedImage, names: readonly string[], outcome: Outcome): string {
  const { base, image } = planned.content;
  const own = base === null ? undefined : outcome.contents.images[base]?.image;
  const upgrade = `it upgrades ${listed(names)} in a layer of its own`;
  if (own === undefined) return `${foreignBase(image, names)}, so ${upgrade}`;
  return own.buildSource
    ? `${upgrade}: that takes fewer changes or builds than fixing it in ${own.name}`
    : `its base ${own.name} has no build source, so ${upgrade}`;
}

function foreignBase({ base }: FixImage, names: readonly string[]): string {
  if (base?.kind !== 'foreign') return 'its base is not ours';
  return base.neverSeen === true
    ? `whether its base ${base.name} brings in ${listed(names)} is not known, as nobody has seen that image`
    : `its base ${base.name} is not ours`;
}

function broughtIn({ content }: PlannedImage): ReadonlySet<string> {
  const own = content.image.holdings.filter(
    ({ origin }) => origin.kind !== 'base' && origin.kind !== 'copied',
  );
  return new Set(own.map(({ purl }) => packageName(purl)));
}

function namesOf(set: Packages, { contents }: Outcome): readonly string[] {
  const indexes = indexesOf(set, contents.packages.length);
  return [...new Set(indexes.map((index) => packageName(contents.packages[index]?.purl ?? '')))];
}
