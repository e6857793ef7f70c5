import { weightOf } from './vector.ts';

const IMPACT = { N: 0, P: 0.275, C: 0.66 };

/** CVSS 2.0, section 3.2.1. NaN: a base metric is missing or not known. */
export function scoreV2(metrics: ReadonlyMap<string, string>): number {
  const free = (metric: string): number => 1 - weightOf(metrics, metric, IMPACT);
  const impact = 10.41 * (1 - free('C') * free('I') * free('A'));
  const exploitability =
    20 *
    weightOf(metrics, 'AV', { L: 0.395, A: 0.646, N: 1 }) *
    weightOf(metrics, 'AC', { H: 0.35, M: 0.61, L: 0.71 }) *
    weightOf(metrics, 'Au', { M: 0.45, S: 0.56, N: 0.704 });
  if (impact === 0 && !Number.isNaN(exploitability)) return 0;
  const score = (0.6 * impact + 0.4 * exploitability - 1.5) * 1.176;
  return Math.round(score * 10) / 10;
}
