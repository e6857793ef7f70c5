import type { Advisory } from '#model';
import type { Reading } from '../problem.ts';
import { parseJson } from '../parse-json.ts';
import { readAdvisory } from './read-advisory.ts';

/** An OSV record in its bytes: UTF-8 and JSON, or it is refused. */
export function parseAdvisory(bytes: Uint8Array): Reading<Advisory> {
  const json = parseJson(bytes);
  return json.kind === 'refused' ? json : readAdvisory(json.value);
}
