import type { ChangedPackage, FixPoint } from './fix-plan.ts';
import type { FixImage } from './fix-problem.ts';
import { listed, type Outcome, packageName, type PlannedBuild, wouldHold } from './outcome.ts';
import { ABSENT, indexesOf, type PackageSet } from './package-set.ts';

/** The images whose source or base reference must change, each with what that removes. */
export function fixPointsOf(outcome: Outcome): readonly FixPoint[] {
  return outcome.built
    .filter(({ action }) => action.kind === 'change')
    .map((planned) => fixPointOf(planned, outcome));
}

function fixPointOf(planned: PlannedBuild, outcome: Outcome): FixPoint {
  const { content, reference } = planned;
  const { id, name, team } = content.image;
  const holds = (index: number): PackageSet => outcome.holds[index] ?? 0n;
  const edited = wouldHold(content, reference, false, holds) & ~planned.holds;
  const moved = reference.changes ? movedAway(planned, holds) : 0n;
  const target =
    reference.changes && reference.source !== null
      ? outcome.contents.images[reference.source]?.image
      : undefined;
  return {
    image: id,
    name,
    team,
    change: reference.changes ? (edited === 0n ? 'base-reference' : 'both') : 'own-source',
    to: target === undefined ? null : { image: target.id, name: target.name },
    packages: changedPackages(content.image, moved | edited, outcome),
    reason: reasonOf(planned, edited, outcome),
  };
}

/** What would be left without the move. */
function movedAway(
  { content, holds: after }: PlannedBuild,
  holds: (index: number) => PackageSet,
): PackageSet {
  const stay = content.references.findLast(({ changes }) => !changes);
  const unmoved = wouldHold(content, stay, false, holds);
  return unmoved === ABSENT ? 0n : unmoved & ~after;
}

function changedPackages(
  { holdings }: FixImage,
  set: PackageSet,
  { contents }: Outcome,
): readonly ChangedPackage[] {
  return indexesOf(set).flatMap((index) => {
    const found = contents.packages[index];
    if (found === undefined) return [];
    const layer = holdings.find(({ purl }) => purl === found.purl)?.layer ?? null;
    return [{ purl: found.purl, fixed: found.fixed, layer }];
  });
}

function reasonOf(planned: PlannedBuild, edited: PackageSet, outcome: Outcome): string {
  const { source, changes } = planned.reference;
  const sentences: string[] = [];
  if (changes && source !== null) sentences.push(moveSentence(planned, source, outcome));
  const names = new Set(
    indexesOf(edited).map((index) => packageName(outcome.contents.packages[index]?.purl ?? '', outcome)),
  );
  const broughtIn = namesBroughtIn(planned.content.image, outcome);
  const own = [...names].filter((name) => broughtIn.has(name));
  const inherited = [...names].filter((name) => !broughtIn.has(name));
  if (own.length > 0) sentences.push(...ownSentences(planned.content.image, own, outcome));
  if (inherited.length > 0) sentences.push(inheritedSentence(planned, inherited, outcome));
  return sentences.join('; ');
}

/** Names of what its own build steps bring in. */
function namesBroughtIn({ holdings }: FixImage, outcome: Outcome): ReadonlySet<string> {
  const own = holdings.filter(({ origin }) => origin.kind !== 'base' && origin.kind !== 'copied');
  return new Set(own.map(({ purl }) => packageName(purl, outcome)));
}

/** What its last stage brings in, and what it copies from other stages of the same source. */
function ownSentences({ holdings }: FixImage, names: readonly string[], outcome: Outcome): readonly string[] {
  const stageOf = (name: string): string | null => {
    const held = holdings.filter(({ purl }) => packageName(purl, outcome) === name);
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

function moveSentence(planned: PlannedBuild, source: number, outcome: Outcome): string {
  const name = outcome.contents.images[source]?.image.name ?? '';
  const built = outcome.actions[source]?.kind !== 'keep';
  if (source === planned.content.base)
    return `its base reference is pinned, and must move to the new build of ${name}`;
  return built
    ? `its base reference moves to ${name}, which is built first`
    : `its base reference moves to ${name}, which is already fixed`;
}

function inheritedSentence(planned: PlannedBuild, names: readonly string[], outcome: Outcome): string {
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
