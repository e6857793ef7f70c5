import type { ChoiceModel } from './choice-model.ts';
import { exposureOf, type Units } from './cost.ts';
import { ABSENT } from './package-set.ts';
import { entryAt, indexAt, realAt } from './typed-arrays.ts';

/** A choice model as flat arrays, made once and solved many times. */
export interface Layout {
  readonly model: ChoiceModel;
  readonly units: Units;
  /** Image → number of its first outcome, and one more for the end. */
  readonly firstOutcome: Int32Array;
  readonly firstState: Int32Array;
  /** Use → number of the outcome that it presumes. */
  readonly useOutcomes: Int32Array;
  /**
   * Images that have a choice, each after its parent: those that use another, are used, or have one
   * of these below them, and the rest, which only prices of builds change.
   */
  readonly core: readonly number[];
  readonly outer: readonly number[];
  /** Team → its images that have a choice. */
  readonly teams: ReadonlyMap<string, readonly number[]>;
  /** Of the images without a choice. */
  readonly unfixedBase: number;
  /** By outcome: what it leaves unfixed. */
  readonly exposure: Float64Array;
}

export function layoutOf(model: ChoiceModel, units: Units): Layout {
  const { contents, images } = model;
  const firstOutcome = offsets(images.map(({ outcomes }) => outcomes.length));
  const firstState = offsets(images.map(({ options }) => options.length));
  const exposure = new Float64Array(indexAt(firstOutcome, images.length));
  const inCore = coreOf(model);
  const core: number[] = [];
  const outer: number[] = [];
  let unfixedBase = 0;
  for (let index = 0; index < images.length; index++) {
    const [content, choices] = [contents[index], images[index]];
    if (content === undefined || choices === undefined) continue;
    const first = indexAt(firstOutcome, index);
    for (let outcome = 0; outcome < choices.outcomes.length; outcome++) {
      const left = exposureOf(content.image, choices.outcomes[outcome] ?? ABSENT);
      exposure[first + outcome] = left > 0 ? units.image + left : 0;
    }
    if (!choices.options.some(({ length }) => length > 1)) unfixedBase += realAt(exposure, first);
    else if (inCore.has(index)) core.push(index);
    else outer.push(index);
  }
  const useOutcomes = Int32Array.from(
    model.uses,
    ({ source, outcome }) => indexAt(firstOutcome, source) + outcome,
  );
  const teams = teamsOf(model, [...core, ...outer]);
  return { model, units, firstOutcome, firstState, useOutcomes, core, outer, teams, unfixedBase, exposure };
}

function coreOf({ images, uses }: ChoiceModel): ReadonlySet<number> {
  const core = new Set<number>();
  for (const { consumer, source } of uses) {
    for (const end of [consumer, source]) {
      for (let index: number | null = end; index !== null && !core.has(index);) {
        core.add(index);
        index = images[index]?.parent ?? null;
      }
    }
  }
  return core;
}

function teamsOf({ contents }: ChoiceModel, live: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const teams = new Map<string, number[]>();
  for (const index of live) {
    const team = contents[index]?.image.team ?? null;
    if (team === null) continue;
    const members = teams.get(team);
    if (members === undefined) teams.set(team, [index]);
    else members.push(index);
  }
  return teams;
}

function offsets(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (let index = 0; index < lengths.length; index++) {
    starts[index + 1] = indexAt(starts, index) + entryAt(lengths, index);
  }
  return starts;
}
