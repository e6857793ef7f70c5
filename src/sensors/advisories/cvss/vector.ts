/** Metric → value of a CVSS vector without its prefix, `AV:N/AC:L/…`; null: not well-formed. */
export function parseMetrics(text: string): ReadonlyMap<string, string> | null {
  // The longest, 4.0 with all of its groups, has under 300 characters.
  if (text.length > 400) return null;
  const metrics = new Map<string, string>();
  for (const part of text.split('/')) {
    const colon = part.indexOf(':');
    const [metric, value] = [part.slice(0, colon), part.slice(colon + 1)];
    if (colon <= 0 || value === '' || metrics.has(metric)) return null;
    metrics.set(metric, value);
  }
  return metrics;
}

export type Weights = Readonly<Record<string, number>>;

/** The weight of a metric's value; NaN where either is not known, so that all that is computed with it is. */
export function weightOf(metrics: ReadonlyMap<string, string>, metric: string, weights: Weights): number {
  const value = metrics.get(metric);
  return value === undefined || !Object.hasOwn(weights, value) ? Number.NaN : (weights[value] ?? Number.NaN);
}
