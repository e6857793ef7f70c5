import { scoreV2 } from './v2.ts';
import { scoreV3 } from './v3.ts';
import { scoreV4 } from './v4.ts';
import { parseMetrics } from './vector.ts';

export interface BaseScore {
  /** 2, 3, 3.1, 4: the newer one counts. */
  readonly version: number;
  /** 0 to 10. */
  readonly score: number;
}

/** The base score of a CVSS vector of any version; threat and environment are not looked at. Null: not one. */
export function baseScore(vector: string): BaseScore | null {
  const prefix = /^CVSS:(3\.0|3\.1|4\.0)\//.exec(vector);
  const metrics = parseMetrics(
    prefix === null ? vector.replaceAll(/^\(|\)$/g, '') : vector.slice(prefix[0].length),
  );
  if (metrics === null) return null;
  const version = prefix === null ? 2 : Number(prefix[1]);
  const score = scoreOf(version, metrics);
  return Number.isNaN(score) ? null : { version, score };
}

function scoreOf(version: number, metrics: ReadonlyMap<string, string>): number {
  if (version === 2) return scoreV2(metrics);
  return version === 4 ? scoreV4(metrics) : scoreV3(metrics, version === 3 ? '3.0' : '3.1');
}
