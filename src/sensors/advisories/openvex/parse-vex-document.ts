import { parseJson } from '../parse-json.ts';
import type { Reading } from '../problem.ts';
import { readVexDocument, type VexDocument } from './read-vex-document.ts';

/**
 * An OpenVEX document in its bytes: UTF-8 and JSON, or it is refused. It may be the predicate of a
 * statement of in-toto, as registries and builds keep it beside an image.
 */
export function parseVexDocument(bytes: Uint8Array): Reading<VexDocument> {
  const json = parseJson(bytes);
  return json.kind === 'refused' ? json : readVexDocument(predicateOf(json.value) ?? json.value);
}

/** Null: it is no statement about vulnerabilities. */
function predicateOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('predicateType' in value)) return null;
  const isVex = /^https:\/\/openvex\.dev\/ns\b/.test(String(value.predicateType));
  return isVex && 'predicate' in value ? value.predicate : null;
}
