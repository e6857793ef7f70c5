import { type Action, actionsOf, KEEP, resultOf } from './action.ts';
import { type Content, takenFrom } from './content.ts';
import { ABSENT, type PackageSet } from './package-set.ts';

/**
 * The choices of a problem, without those that can't be part of a best plan. Each image has a few
 * *outcomes* (what it can hold at the end) and, for each outcome of its base, *options*: an action
 * and the outcome it leads to.
 */
export interface ChoiceModel {
  readonly contents: readonly Content[];
  /** Index into the contents → its choices; images that are alike have one object in common. */
  readonly images: readonly ImageChoices[];
  readonly uses: readonly Use[];
}

export interface ImageChoices {
  /** Index of the base, where the plan decides what that holds; null: the top of a tree. */
  readonly parent: number | null;
  /** The first is what it holds now. */
  readonly outcomes: readonly PackageSet[];
  /** By the outcome of the parent; a single list without one. The first option is to keep it. */
  readonly options: readonly (readonly Option[])[];
}

export interface Option {
  readonly action: Action;
  readonly outcome: number;
  /** Indexes of the uses that must be true for this option to lead to its outcome. */
  readonly uses: readonly number[];
}

/**
 * "This image is built from that outcome of another one, which is not its base now": a copy, or a
 * move. Such uses are all that makes the problem more than a tree.
 */
export interface Use {
  readonly consumer: number;
  readonly source: number;
  readonly outcome: number;
}

export function choiceModelOf(contents: readonly Content[]): ChoiceModel {
  const draft: Draft = { images: [], uses: [], useIndexes: new Map(), known: new Map() };
  for (const content of contents) draft.images.push(imageChoices(content, draft.images.length, draft));
  return { contents, images: draft.images, uses: draft.uses };
}

interface Draft {
  readonly images: ImageChoices[];
  readonly uses: Use[];
  readonly useIndexes: Map<string, number>;
  /** By likeness. */
  readonly known: Map<string, ImageChoices>;
}

/** Most images of an organisation are like a sibling of theirs, and share its choices. */
function imageChoices(content: Content, index: number, draft: Draft): ImageChoices {
  const known = draft.known.get(content.likeness);
  if (known !== undefined) return known;
  const choices = isSettled(content) ? settledChoices(content) : openChoices(content, index, draft);
  // Uses are each image's own.
  if (choices.options.every((options) => options.every(({ uses }) => uses.length === 0)))
    draft.known.set(content.likeness, choices);
  return choices;
}

/** What has no package, or no build source, has nothing to decide. */
function isSettled({ image, now }: Content): boolean {
  return !image.buildSource || now === 0n;
}

const SETTLED: ImageChoices['options'] = [[{ action: KEEP, outcome: 0, uses: [] }]];

function settledChoices({ now }: Content): ImageChoices {
  return { parent: null, outcomes: [now], options: SETTLED };
}

function openChoices(content: Content, index: number, draft: Draft): ImageChoices {
  const parent = parentOf(content, draft);
  const states = parent === null ? 1 : (draft.images[parent]?.outcomes.length ?? 1);
  const outcomes = [content.now];
  const actions = actionsOf(content);
  const options = Array.from({ length: states }, (_, state) =>
    withoutWorse(candidatesOf(content, { index, parent, state, actions }, draft)).map(
      ({ action, set, uses }) => ({
        action,
        outcome: indexIn(outcomes, set),
        uses: uses.map((use) => useIndex(use, draft)),
      }),
    ),
  );
  return { parent, outcomes, options };
}

/** Its base, where that can change and the image could be built from it again. */
function parentOf({ base, references, copySources }: Content, draft: Draft): number | null {
  if (base === null || outcomesOf(base, draft).length < 2) return null;
  const needed = references.some(({ source }) => source === base) || copySources.includes(base);
  return needed ? base : null;
}

function outcomesOf(index: number, draft: Draft): readonly PackageSet[] {
  return draft.images[index]?.outcomes ?? [];
}

interface Candidate {
  readonly action: Action;
  readonly set: PackageSet;
  readonly uses: readonly Use[];
}

interface Place {
  readonly index: number;
  readonly parent: number | null;
  readonly state: number;
  readonly actions: readonly Action[];
}

function candidatesOf(content: Content, place: Place, draft: Draft): readonly Candidate[] {
  return place.actions.flatMap((action) => {
    const open = action.kind === 'keep' ? [] : openSources(content, action.reference, place, draft);
    return combinations(open, draft).flatMap((chosen): Candidate[] => {
      const set = resultOf(content, action, (source) => {
        const outcome = source === place.parent ? place.state : (chosen.get(source) ?? 0);
        return outcomesOf(source, draft)[outcome] ?? ABSENT;
      });
      if (set === null) return [];
      const uses = [...chosen].map(([source, outcome]) => ({ consumer: place.index, source, outcome }));
      return [{ action, set, uses }];
    });
  });
}

/** What else the result depends on, apart from the parent. */
function openSources(content: Content, reference: number, place: Place, draft: Draft): readonly number[] {
  const base = content.references[reference]?.source ?? null;
  return takenFrom(content, base).filter((source) => {
    const outcomes = outcomesOf(source, draft);
    if (source === place.parent || outcomes.length < 2) return false;
    return source === base || outcomes[0] === ABSENT || content.copies.some(({ from }) => from === source);
  });
}

/** Every choice of an outcome for each source. */
function combinations(sources: readonly number[], draft: Draft): readonly ReadonlyMap<number, number>[] {
  let all: readonly ReadonlyMap<number, number>[] = [new Map()];
  for (const source of sources) {
    const outcomes = outcomesOf(source, draft);
    all = all.flatMap((chosen) => outcomes.map((_, outcome) => new Map(chosen).set(source, outcome)));
  }
  return all;
}

/**
 * Less in an image is never worse for what is built from it, so of two options the one that leaves no
 * more, costs no more and presumes no more is enough. Of equals the first stays.
 */
function withoutWorse(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(
    (candidate, index) =>
      !candidates.some(
        (other, at) =>
          at !== index && isAsGood(other, candidate) && (at < index || !isAsGood(candidate, other)),
      ),
  );
}

const RANK = { keep: 0, rebuild: 1, change: 2 };

function isAsGood(left: Candidate, right: Candidate): boolean {
  if (RANK[left.action.kind] > RANK[right.action.kind]) return false;
  if (left.set === ABSENT || right.set === ABSENT ? left.set !== right.set : (left.set & ~right.set) !== 0n) {
    return false;
  }
  return left.uses.every((use) =>
    right.uses.some((other) => other.source === use.source && other.outcome === use.outcome),
  );
}

function indexIn(outcomes: PackageSet[], set: PackageSet): number {
  const known = outcomes.indexOf(set);
  return known >= 0 ? known : outcomes.push(set) - 1;
}

function useIndex(use: Use, draft: Draft): number {
  const key = `${use.consumer} ${use.source} ${use.outcome}`;
  const known = draft.useIndexes.get(key);
  if (known !== undefined) return known;
  draft.useIndexes.set(key, draft.uses.length);
  return draft.uses.push(use) - 1;
}
