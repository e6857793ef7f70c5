import { parseJson } from '../parse-json.ts';
import type { Reading } from '../problem.ts';
import { readVexDocument, type VexDocument } from './read-vex-document.ts';

/** An OpenVEX document in its bytes: UTF-8 and JSON, or it is refused. */
export function parseVexDocument(bytes: Uint8Array): Reading<VexDocument> {
  const json = parseJson(bytes);
  return json.kind === 'refused' ? json : readVexDocument(json.value);
}
