import { weightOf } from './vector.ts';

const IMPACT = { N: 0, L: 0.22, H: 0.56 };
const PRIVILEGES = { N: 0.85, L: 0.62, H: 0.27 };
const PRIVILEGES_CHANGED = { N: 0.85, L: 0.68, H: 0.5 };

/** CVSS 3.0 and 3.1, section 7.1; they differ in how they round. NaN: a base metric is missing or not known. */
export function scoreV3(metrics: ReadonlyMap<string, string>, version: '3.0' | '3.1'): number {
  const scope = weightOf(metrics, 'S', { U: 0, C: 1 });
  if (Number.isNaN(scope)) return scope;
  const isChanged = scope === 1;
  const free = (metric: string): number => 1 - weightOf(metrics, metric, IMPACT);
  const base = 1 - free('C') * free('I') * free('A');
  const impact = isChanged ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  const exploitability =
    8.22 *
    weightOf(metrics, 'AV', { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }) *
    weightOf(metrics, 'AC', { L: 0.77, H: 0.44 }) *
    weightOf(metrics, 'PR', isChanged ? PRIVILEGES_CHANGED : PRIVILEGES) *
    weightOf(metrics, 'UI', { N: 0.85, R: 0.62 });
  if (Number.isNaN(exploitability)) return exploitability;
  if (impact <= 0) return 0;
  const score = Math.min((isChanged ? 1.08 : 1) * (impact + exploitability), 10);
  return version === '3.0' ? Math.ceil(score * 10) / 10 : roundUp(score);
}

/** 3.1, appendix A: the next tenth, without what floating-point numbers add. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
