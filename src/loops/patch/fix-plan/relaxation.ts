import type { Option } from './choice-model.ts';
import type { Layout } from './layout.ts';
import { entryAt, flagAt, indexAt, realAt } from './typed-arrays.ts';

/**
 * What the search asks the dynamic program: which outcomes and builds are closed, and what the rest
 * costs on top of itself. Prices move the cost of a shared image to those who use it.
 */
export interface Prices {
  /** By use: paid by the consumer, and given back to the source where it has that outcome. */
  readonly uses: Float64Array;
  /** By use: 1 where no consumer may take it. */
  readonly closedUses: Uint8Array;
  /** By outcome, as the layout numbers them: 1 where it must not be. */
  readonly closedOutcomes: Uint8Array;
  readonly builds: BuildPrices;
}

/** Never changed once they are made, so that what depends on nothing else is computed once. */
export interface BuildPrices {
  /** By image: paid for a build. */
  readonly prices: Float64Array;
  /** By image: 1 where it must not be built. */
  readonly closed: Uint8Array;
  /** The tables of the images outside of the core. */
  outer: Tables | null;
}

export interface Relaxed {
  readonly unfixed: number;
  /** Of fix points, builds and prices. */
  readonly effort: number;
  readonly tables: Tables;
  /** Image → the outcome of the chosen option. */
  readonly outcomes: Int32Array;
  /** Whether these are filled in for all images, or for the core alone. */
  readonly complete: boolean;
}

export interface Tables {
  /** By outcome: of the subtrees below. */
  readonly belowUnfixed: Float64Array;
  readonly belowEffort: Float64Array;
  /** By state: of the best option, and its index. */
  readonly unfixed: Float64Array;
  readonly effort: Float64Array;
  readonly best: Int32Array;
  readonly total: { unfixed: number; effort: number };
}

/** Nothing closed, and no price on anything. */
export function freePrices({ model, exposure }: Layout): Prices {
  const images = model.images.length;
  return {
    uses: new Float64Array(model.uses.length),
    closedUses: new Uint8Array(model.uses.length),
    closedOutcomes: new Uint8Array(exposure.length),
    builds: { prices: new Float64Array(images), closed: new Uint8Array(images), outer: null },
  };
}

export function copyPrices(prices: Prices): Prices {
  return {
    uses: prices.uses.slice(),
    closedUses: prices.closedUses.slice(),
    closedOutcomes: prices.closedOutcomes.slice(),
    builds: prices.builds,
  };
}

/**
 * The best choice for every image when uses need not be true: each consumer takes the outcome of a
 * shared image that suits it, at the price. A dynamic program over the trees, exact for that question,
 * and so never above the cost of a real plan.
 */
export function relax(layout: Layout, prices: Prices): Relaxed {
  const tables = copyTables((prices.builds.outer ??= outerTables(layout, prices)));
  for (const [index, { source, outcome }] of layout.model.uses.entries()) {
    const place = indexAt(layout.firstOutcome, source) + outcome;
    tables.belowEffort[place] = realAt(tables.belowEffort, place) - realAt(prices.uses, index);
  }
  solveImages(layout.core, layout, prices, tables);
  const outcomes = new Int32Array(layout.model.images.length);
  chooseOutcomes(layout.core, layout, tables, outcomes);
  return { ...tables.total, tables, outcomes, complete: false };
}

/** Fills in the outcomes of the images outside of the core too. */
export function completed(relaxed: Relaxed, layout: Layout): Relaxed {
  if (relaxed.complete) return relaxed;
  const outcomes = relaxed.outcomes.slice();
  chooseOutcomes(layout.outer, layout, relaxed.tables, outcomes);
  return { ...relaxed, outcomes, complete: true };
}

/** What was chosen for an image; undefined where it has no choice. */
export function chosenOption(relaxed: Relaxed, layout: Layout, index: number): Option | undefined {
  const image = layout.model.images[index];
  if (image === undefined) return undefined;
  const state = image.parent === null ? 0 : indexAt(relaxed.outcomes, image.parent);
  return image.options[state]?.[indexAt(relaxed.tables.best, indexAt(layout.firstState, index) + state)];
}

export function isBuilt(layout: Layout, relaxed: Relaxed, index: number): boolean {
  return (chosenOption(relaxed, layout, index)?.action.kind ?? 'keep') !== 'keep';
}

function outerTables(layout: Layout, prices: Prices): Tables {
  const states = indexAt(layout.firstState, layout.firstState.length - 1);
  const tables = {
    belowUnfixed: layout.exposure.slice(),
    belowEffort: new Float64Array(layout.exposure.length),
    unfixed: new Float64Array(states),
    effort: new Float64Array(states),
    best: new Int32Array(states),
    total: { unfixed: layout.unfixedBase, effort: 0 },
  };
  solveImages(layout.outer, layout, prices, tables);
  return tables;
}

function copyTables(tables: Tables): Tables {
  return {
    belowUnfixed: tables.belowUnfixed.slice(),
    belowEffort: tables.belowEffort.slice(),
    unfixed: tables.unfixed.slice(),
    effort: tables.effort.slice(),
    best: tables.best.slice(),
    total: { ...tables.total },
  };
}

function solveImages(images: readonly number[], layout: Layout, prices: Prices, tables: Tables): void {
  for (let position = images.length - 1; position >= 0; position--) {
    const index = entryAt(images, position);
    solveImage(index, layout, prices, tables);
    handUp(index, layout, tables);
  }
}

function solveImage(index: number, layout: Layout, prices: Prices, tables: Tables): void {
  const states = layout.model.images[index]?.options ?? [];
  const first = indexAt(layout.firstOutcome, index);
  for (let state = 0; state < states.length; state++) {
    let [unfixed, effort, best] = [Infinity, Infinity, 0];
    const options = states[state] ?? [];
    for (let position = 0; position < options.length; position++) {
      const option = options[position];
      if (option === undefined) continue;
      const below = realAt(tables.belowUnfixed, first + option.outcome);
      if (below > unfixed) continue;
      const own = effortOfOption(option, index, layout, prices);
      const cost = own + realAt(tables.belowEffort, first + option.outcome);
      if (own === Infinity || (below === unfixed && cost >= effort)) continue;
      [unfixed, effort, best] = [below, cost, position];
    }
    const place = indexAt(layout.firstState, index) + state;
    tables.unfixed[place] = unfixed;
    tables.effort[place] = effort;
    tables.best[place] = best;
  }
}

/** Infinity where it is closed. */
function effortOfOption(option: Option, index: number, layout: Layout, prices: Prices): number {
  if (flagAt(prices.closedOutcomes, indexAt(layout.firstOutcome, index) + option.outcome) === 1)
    return Infinity;
  const { kind } = option.action;
  if (kind === 'keep') return 0;
  if (flagAt(prices.builds.closed, index) === 1) return Infinity;
  let effort = layout.units.build + realAt(prices.builds.prices, index);
  if (kind === 'change') effort += layout.units.fixPoint;
  for (let position = 0; position < option.uses.length; position++) {
    effort += priceOfUse(entryAt(option.uses, position), layout, prices);
  }
  return effort;
}

function priceOfUse(index: number, layout: Layout, prices: Prices): number {
  const place = indexAt(layout.useOutcomes, index);
  if (flagAt(prices.closedUses, index) === 1 || flagAt(prices.closedOutcomes, place) === 1) return Infinity;
  return realAt(prices.uses, index);
}

/** Adds what the image costs in each state to the outcome of the parent that the state is. */
function handUp(index: number, layout: Layout, tables: Tables): void {
  const parent = layout.model.images[index]?.parent ?? null;
  const first = indexAt(layout.firstState, index);
  if (parent === null) {
    tables.total.unfixed += realAt(tables.unfixed, first);
    tables.total.effort += realAt(tables.effort, first);
    return;
  }
  const states = indexAt(layout.firstState, index + 1) - first;
  const place = indexAt(layout.firstOutcome, parent);
  for (let state = 0; state < states; state++) {
    tables.belowUnfixed[place + state] =
      realAt(tables.belowUnfixed, place + state) + realAt(tables.unfixed, first + state);
    tables.belowEffort[place + state] =
      realAt(tables.belowEffort, place + state) + realAt(tables.effort, first + state);
  }
}

function chooseOutcomes(
  images: readonly number[],
  layout: Layout,
  tables: Tables,
  outcomes: Int32Array,
): void {
  for (const index of images) {
    const image = layout.model.images[index];
    if (image === undefined) continue;
    const state = image.parent === null ? 0 : indexAt(outcomes, image.parent);
    const best = indexAt(tables.best, indexAt(layout.firstState, index) + state);
    outcomes[index] = image.options[state]?.[best]?.outcome ?? 0;
  }
}
