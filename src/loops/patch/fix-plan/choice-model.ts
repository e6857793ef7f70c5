import { type Action, actionsOf, KEEP, resultOf } from './action.ts';
import { ABSENT, type Content, type Packages } from './content.ts';

/**
 * The choices of a problem, without those that can't be part of a best plan. Each image has a few
 * *outcomes* (what it can hold at the end) and, for each outcome of its base, *options*: an action
 * and the outcome it leads to.
 */
export interface ChoiceModel {
  readonly images: readonly ImageChoices[];
  readonly uses: readonly Use[];
  /** How many options were looked at. */
  readonly explored: number;
}

export interface ImageChoices {
  readonly content: Content;
  /** Index of the base, where the plan decides what that holds; null: the top of a tree. */
  readonly parent: number | null;
  /** The first is what it holds now. */
  readonly outcomes: readonly Packages[];
  /** By the outcome of the parent; a single list without one. The first option is to keep it. */
  readonly options: readonly (readonly Option[])[];
  /** By outcome: the uses that need it. */
  readonly usedBy: readonly (readonly number[])[];
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
  const draft: Draft = {
    contents,
    outcomes: [],
    uses: [],
    useIndexes: new Map(),
    known: new Map(),
    explored: 0,
  };
  const images = contents.map((content, index) => imageChoices(content, index, draft));
  const usedBy = images.map(({ outcomes }) => outcomes.map((): number[] => []));
  for (const [index, use] of draft.uses.entries()) usedBy[use.source]?.[use.outcome]?.push(index);
  return {
    images: images.map((image, index) => ({ ...image, usedBy: usedBy[index] ?? [] })),
    uses: draft.uses,
    explored: draft.explored,
  };
}

interface Draft {
  readonly contents: readonly Content[];
  readonly outcomes: (readonly Packages[])[];
  readonly uses: Use[];
  readonly useIndexes: Map<string, number>;
  /** By likeness. */
  readonly known: Map<string, Choices>;
  explored: number;
}

type Choices = Omit<ImageChoices, 'usedBy' | 'content'>;

/** What has no package, or no build source, has nothing to decide. */
function imageChoices(content: Content, index: number, draft: Draft): Omit<ImageChoices, 'usedBy'> {
  const settled = !content.image.buildSource || content.now === 0n;
  const choices = settled ? settledChoices(content) : openChoices(content, index, draft);
  draft.outcomes.push(choices.outcomes);
  return { content, ...choices };
}

const SETTLED: Choices['options'] = [[{ action: KEEP, outcome: 0, uses: [] }]];

function settledChoices({ now }: Content): Choices {
  return { parent: null, outcomes: [now], options: SETTLED };
}

/** Most images of an organisation are like a sibling of theirs, and share its choices. */
function openChoices(content: Content, index: number, draft: Draft): Choices {
  const likeness = likenessOf(content);
  const known = likeness === null ? undefined : draft.known.get(likeness);
  if (known !== undefined) return known;
  const parent = parentOf(content, draft);
  const states = parent === null ? 1 : (draft.outcomes[parent]?.length ?? 1);
  const outcomes = [content.now];
  const options = Array.from({ length: states }, (_, state) =>
    withoutWorse(candidatesOf(content, { index, parent, state }, draft)).map(({ action, set, uses }) => ({
      action,
      outcome: indexIn(outcomes, set),
      uses: uses.map((use) => useIndex(use, draft)),
    })),
  );
  const choices = { parent, outcomes, options };
  if (likeness !== null) draft.known.set(likeness, choices);
  return choices;
}

/** Null where it could use other images than its base: uses are each image's own. */
function likenessOf(content: Content): string | null {
  const { base, references, copySources, now, ownRebuilt, ownChanged, masked, upgradable } = content;
  if (copySources.length > 0 || content.image.newerBases.length > 0) return null;
  const constants = references.map(({ source, constant }) => (source === null ? constant : 'base'));
  return [base, now, ownRebuilt, ownChanged, masked, upgradable, ...constants].join(' ');
}

/** Its base, where that can change and the image could be built from it again. */
function parentOf({ base, references, copySources }: Content, draft: Draft): number | null {
  if (base === null || (draft.outcomes[base]?.length ?? 0) < 2) return null;
  const needed = references.some(({ source }) => source === base) || copySources.includes(base);
  return needed ? base : null;
}

interface Candidate {
  readonly action: Action;
  readonly set: Packages;
  readonly uses: readonly Use[];
}

interface Place {
  readonly index: number;
  readonly parent: number | null;
  readonly state: number;
}

function candidatesOf(content: Content, place: Place, draft: Draft): readonly Candidate[] {
  return actionsOf(content).flatMap((action) => {
    const open = action.kind === 'keep' ? [] : openSources(content, action.reference, place, draft);
    return combinations(open, draft).flatMap((chosen): Candidate[] => {
      draft.explored += 1;
      const set = resultOf(content, action, (source) => {
        const outcome = source === place.parent ? place.state : (chosen.get(source) ?? 0);
        return draft.outcomes[source]?.[outcome] ?? ABSENT;
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
  const sources = new Set(content.copySources);
  if (base !== null) sources.add(base);
  return [...sources].filter((source) => {
    const outcomes = draft.outcomes[source] ?? [];
    if (source === place.parent || outcomes.length < 2) return false;
    return source === base || outcomes[0] === ABSENT || content.copies.some(({ from }) => from === source);
  });
}

/** Every choice of an outcome for each source. */
function combinations(sources: readonly number[], draft: Draft): readonly ReadonlyMap<number, number>[] {
  let all: readonly ReadonlyMap<number, number>[] = [new Map()];
  for (const source of sources) {
    const outcomes = draft.outcomes[source] ?? [];
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

function indexIn(outcomes: Packages[], set: Packages): number {
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
