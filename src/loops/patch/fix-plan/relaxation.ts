import type { ChoiceModel } from './choice-model.ts';
import { exposureOf, type Units } from './cost.ts';

/**
 * What the search asks the dynamic program: which outcomes and builds are closed, and what the rest
 * costs on top of itself. Prices move the cost of a shared image to those who use it.
 */
export interface Prices {
  /** By use: paid by the consumer, and given back to the source where it has that outcome. */
  readonly uses: Float64Array;
  /** By use: 1 where no consumer may take it. */
  readonly closedUses: Uint8Array;
  /** By image: paid for a build. */
  readonly builds: Float64Array;
  /** By outcome, as {@link Layout} numbers them: 1 where it must not be. */
  readonly closedOutcomes: Uint8Array;
  /** By image: 1 where it must not be built. */
  readonly closedBuilds: Uint8Array;
}

export interface Relaxed {
  readonly unfixed: number;
  /** Of fix points, builds and prices. */
  readonly effort: number;
  /** Image → index into the options of the state that its parent is in. */
  readonly options: Int32Array;
  /** Image → the outcome of the chosen option. */
  readonly outcomes: Int32Array;
}

/** A choice model as flat arrays, made once and solved many times. */
export interface Layout {
  readonly model: ChoiceModel;
  readonly units: Units;
  /** Image → number of its first outcome, and one more for the end. */
  readonly firstOutcome: Int32Array;
  readonly firstState: Int32Array;
  /** Images that have a choice, each after its parent. */
  readonly live: readonly number[];
  /** Of the images without a choice. */
  readonly unfixedBase: number;
  /** By outcome. */
  readonly exposure: Float64Array;
}

export function layoutOf(model: ChoiceModel, units: Units): Layout {
  const { images } = model;
  const firstOutcome = offsets(images.map(({ outcomes }) => outcomes.length));
  const firstState = offsets(images.map(({ options }) => options.length));
  const exposure = new Float64Array(firstOutcome.at(-1) ?? 0);
  const live: number[] = [];
  let unfixedBase = 0;
  for (const [index, { content, outcomes, options }] of images.entries()) {
    for (const [outcome, set] of outcomes.entries()) {
      const left = exposureOf(content.image.required, set);
      exposure[at(firstOutcome, index) + outcome] = left > 0 ? units.image + left : 0;
    }
    if (options.some(({ length }) => length > 1)) live.push(index);
    else unfixedBase += at(exposure, at(firstOutcome, index));
  }
  return { model, units, firstOutcome, firstState, live, unfixedBase, exposure };
}

/** Nothing closed, and no price on anything. */
export function freePrices({ model, exposure }: Layout): Prices {
  return {
    uses: new Float64Array(model.uses.length),
    closedUses: new Uint8Array(model.uses.length),
    builds: new Float64Array(model.images.length),
    closedOutcomes: new Uint8Array(exposure.length),
    closedBuilds: new Uint8Array(model.images.length),
  };
}

export function copyPrices(prices: Prices): Prices {
  return {
    uses: prices.uses.slice(),
    closedUses: prices.closedUses.slice(),
    builds: prices.builds.slice(),
    closedOutcomes: prices.closedOutcomes.slice(),
    closedBuilds: prices.closedBuilds.slice(),
  };
}

/**
 * The best choice for every image when uses need not be true: each consumer takes the outcome of a
 * shared image that suits it, at the price. A dynamic program over the trees, exact for that question,
 * and so never above the cost of a real plan.
 */
export function relax(layout: Layout, prices: Prices): Relaxed {
  const tables = tablesOf(layout, prices);
  for (let position = layout.live.length - 1; position >= 0; position--) {
    const index = at(layout.live, position);
    solveImage(index, layout, prices, tables);
    handUp(index, layout, tables);
  }
  const options = new Int32Array(layout.model.images.length);
  const outcomes = new Int32Array(layout.model.images.length);
  for (const index of layout.live) {
    const parent = layout.model.images[index]?.parent ?? null;
    const state = parent === null ? 0 : at(outcomes, parent);
    options[index] = at(tables.best, at(layout.firstState, index) + state);
    outcomes[index] = layout.model.images[index]?.options[state]?.[at(options, index)]?.outcome ?? 0;
  }
  return { unfixed: tables.total.unfixed, effort: tables.total.effort, options, outcomes };
}

/** Typed arrays of known length: what is asked for is there. */
export function at(array: ArrayLike<number>, index: number): number {
  return array[index] as number; // noUncheckedIndexedAccess can't know the lengths
}

interface Tables {
  /** By outcome: of the subtrees below. */
  readonly belowUnfixed: Float64Array;
  readonly belowEffort: Float64Array;
  /** By state: of the best option. */
  readonly unfixed: Float64Array;
  readonly effort: Float64Array;
  readonly best: Int32Array;
  readonly total: { unfixed: number; effort: number };
}

function tablesOf(layout: Layout, prices: Prices): Tables {
  const outcomes = layout.exposure.length;
  const states = at(layout.firstState, layout.firstState.length - 1);
  const belowEffort = new Float64Array(outcomes);
  for (const [index, { source, outcome }] of layout.model.uses.entries()) {
    const place = at(layout.firstOutcome, source) + outcome;
    belowEffort[place] = at(belowEffort, place) - at(prices.uses, index);
  }
  return {
    belowUnfixed: layout.exposure.slice(),
    belowEffort,
    unfixed: new Float64Array(states),
    effort: new Float64Array(states),
    best: new Int32Array(states),
    total: { unfixed: layout.unfixedBase, effort: 0 },
  };
}

function solveImage(index: number, layout: Layout, prices: Prices, tables: Tables): void {
  const image = layout.model.images[index];
  if (image === undefined) return;
  const first = at(layout.firstOutcome, index);
  const build = layout.units.build + at(prices.builds, index);
  const closed = at(prices.closedBuilds, index) === 1;
  for (let state = 0; state < image.options.length; state++) {
    let [unfixed, effort, best] = [Infinity, Infinity, 0];
    const options = image.options[state] ?? [];
    for (let position = 0; position < options.length; position++) {
      const option = options[position];
      if (option === undefined || at(prices.closedOutcomes, first + option.outcome) === 1) continue;
      const { kind } = option.action;
      if (kind !== 'keep' && closed) continue;
      const below = at(tables.belowUnfixed, first + option.outcome);
      if (below > unfixed) continue;
      let cost = at(tables.belowEffort, first + option.outcome);
      if (kind !== 'keep') cost += build;
      if (kind === 'change') cost += layout.units.fixPoint;
      if (option.uses.length > 0) cost += priceOf(option.uses, layout, prices);
      if (cost === Infinity || (below === unfixed && cost >= effort)) continue;
      [unfixed, effort, best] = [below, cost, position];
    }
    const place = at(layout.firstState, index) + state;
    tables.unfixed[place] = unfixed;
    tables.effort[place] = effort;
    tables.best[place] = best;
  }
}

/** Infinity where a use is not possible any more. */
function priceOf(uses: readonly number[], layout: Layout, prices: Prices): number {
  let price = 0;
  for (const index of uses) {
    const use = layout.model.uses[index];
    if (use === undefined || at(prices.closedUses, index) === 1) return Infinity;
    if (at(prices.closedOutcomes, at(layout.firstOutcome, use.source) + use.outcome) === 1) return Infinity;
    price += at(prices.uses, index);
  }
  return price;
}

/** Adds what the image costs in each state to the outcome of the parent that the state is. */
function handUp(index: number, layout: Layout, tables: Tables): void {
  const parent = layout.model.images[index]?.parent ?? null;
  const first = at(layout.firstState, index);
  if (parent === null) {
    tables.total.unfixed += at(tables.unfixed, first);
    tables.total.effort += at(tables.effort, first);
    return;
  }
  const states = at(layout.firstState, index + 1) - first;
  const place = at(layout.firstOutcome, parent);
  for (let state = 0; state < states; state++) {
    tables.belowUnfixed[place + state] =
      at(tables.belowUnfixed, place + state) + at(tables.unfixed, first + state);
    tables.belowEffort[place + state] =
      at(tables.belowEffort, place + state) + at(tables.effort, first + state);
  }
}

function offsets(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) starts[index + 1] = at(starts, index) + length;
  return starts;
}
