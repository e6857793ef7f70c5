import { MACRO_VECTOR_SCORES } from './v4-scores.ts';
import { weightOf, type Weights } from './vector.ts';

/**
 * The base score of CVSS 4.0, section 8: the score of the macro vector, less how far the vector lies below
 * the highest ones of it. NaN: a base metric is missing or not known.
 */
export function scoreV4(metrics: ReadonlyMap<string, string>): number {
  const steps: Record<string, number> = {};
  for (const [metric, weights] of Object.entries(STEPS)) {
    const step = weightOf(metrics, metric, weights);
    if (Number.isNaN(step)) return step;
    steps[metric] = step;
  }
  const at = (metric: string): number => steps[metric] ?? 0;
  if (IMPACTS.every((metric) => at(metric) === NONE)) return 0;
  const levels = levelsOf(at);
  const score = scoreOfLevels(levels);
  const drops = SETS.map((set) => dropOf(set, levels, at)).filter((drop) => !Number.isNaN(drop));
  // EQ5 always has a lower level and is never below its highest vector: it counts, with a drop of 0.
  const mean = drops.reduce((sum, drop) => sum + drop, 0) / (drops.length + 1);
  return Math.round((Math.min(Math.max(score - mean, 0), 10) + EPSILON) * 10) / 10;
}

/** Against what floating-point numbers lose, as in the specification's own calculator. */
const EPSILON = 1e-6;

const IMPACT = { H: 0, L: 1, N: 2 };
const NONE = IMPACT.N;
const PHYSICAL = 3;

/** Steps down from the most severe value. */
const STEPS: Readonly<Record<string, Weights>> = {
  AV: { N: 0, A: 1, L: 2, P: PHYSICAL },
  AC: { L: 0, H: 1 },
  AT: { N: 0, P: 1 },
  PR: { N: 0, L: 1, H: 2 },
  UI: { N: 0, P: 1, A: 2 },
  VC: IMPACT,
  VI: IMPACT,
  VA: IMPACT,
  SC: IMPACT,
  SI: IMPACT,
  SA: IMPACT,
};

const IMPACTS = ['VC', 'VI', 'VA', 'SC', 'SI', 'SA'];

/** Of the equivalence sets EQ1, EQ2, EQ3, EQ4 and EQ6; 0 is the most severe. */
type Levels = readonly [one: number, two: number, three: number, four: number, six: number];

/** Tables 24 to 30. */
function levelsOf(at: (metric: string) => number): Levels {
  const isHigh = (...metrics: readonly string[]): boolean =>
    metrics.some((metric) => at(metric) === IMPACT.H);
  const easy = ['AV', 'PR', 'UI'].filter((metric) => at(metric) === 0).length;
  const one = easy === 0 || at('AV') === PHYSICAL ? 2 : easy === 3 ? 0 : 1;
  const two = at('AC') + at('AT') === 0 ? 0 : 1;
  const three = at('VC') + at('VI') === 0 ? 0 : isHigh('VC', 'VI', 'VA') ? 1 : 2;
  return [one, two, three, isHigh('SC', 'SI', 'SA') ? 1 : 2, isHigh('VC', 'VI', 'VA') ? 0 : 1];
}

/** NaN: there is no such macro vector. */
function scoreOfLevels(levels: Levels): number {
  return MACRO_VECTOR_SCORES[levels.join('')] ?? Number.NaN;
}

/** One equivalence set; EQ3 and EQ6 depend on each other, and are one. */
interface EquivalenceSet {
  readonly metrics: readonly string[];
  /** The next lower macro vectors in this set alone. */
  readonly lower: (levels: Levels) => readonly Levels[];
  /** The highest vectors of a level, as steps in the order of the metrics. */
  readonly highest: (levels: Levels) => readonly (readonly number[])[];
  /** How many steps the level spans, and one. */
  readonly depth: (levels: Levels) => number;
}

const SETS: readonly EquivalenceSet[] = [
  {
    metrics: ['AV', 'PR', 'UI'],
    lower: ([one, ...rest]) => [[one + 1, ...rest]],
    highest: ([one]) =>
      [
        [[0, 0, 0]],
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
        [
          [3, 0, 0],
          [1, 1, 1],
        ],
      ][one] ?? [],
    depth: ([one]) => [1, 4, 5][one] ?? 1,
  },
  {
    metrics: ['AC', 'AT'],
    lower: ([one, two, ...rest]) => [[one, two + 1, ...rest]],
    highest: ([, two]) =>
      [
        [[0, 0]],
        [
          [1, 0],
          [0, 1],
        ],
      ][two] ?? [],
    depth: ([, two]) => [1, 2][two] ?? 1,
  },
  {
    metrics: ['VC', 'VI', 'VA'],
    lower: ([one, two, three, four, six]) => [
      [one, two, three + 1, four, six],
      [one, two, three, four, six + 1],
    ],
    highest: ([, , three]) =>
      [
        [[0, 0, 0]],
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
        [[1, 1, 1]],
      ][three] ?? [],
    depth: ([, , three]) => [7, 8, 10][three] ?? 1,
  },
  {
    metrics: ['SC', 'SI', 'SA'],
    lower: ([one, two, three, four, six]) => [[one, two, three, four + 1, six]],
    highest: ([, , , four]) => [[], [[0, 0, 0]], [[1, 1, 1]]][four] ?? [],
    depth: ([, , , four]) => [6, 5, 4][four] ?? 1,
  },
];

/** By how much the score falls within the macro vector for this set; NaN: it has no lower level. */
function dropOf(set: EquivalenceSet, levels: Levels, at: (metric: string) => number): number {
  const lower = set
    .lower(levels)
    .map(scoreOfLevels)
    .filter((score) => !Number.isNaN(score));
  if (lower.length === 0) return Number.NaN;
  const most = scoreOfLevels(levels) - Math.max(...lower);
  const own = set.metrics.map(at);
  const below = set
    .highest(levels)
    .find((highest) => highest.every((step, index) => step <= (own[index] ?? 0)));
  const distance = own.reduce((sum, step, index) => sum + step - (below?.[index] ?? 0), 0);
  return (most * distance) / set.depth(levels);
}
