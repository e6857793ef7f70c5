import { parseVexDocument } from '../advisories/openvex/parse-vex-document.ts';
import { readList } from '../packages/lists/read-list.ts';
import type { ForeignDocument } from './foreign-document.ts';

/**
 * OpenVEX, or else a list of packages. Called in the confined helper.
 *
 * @throws SensorError as {@link readList}
 */
export function readDocument(bytes: Buffer): ForeignDocument {
  const statements = parseVexDocument(bytes);
  return statements.kind === 'read'
    ? { kind: 'openvex', document: statements.value }
    : { kind: 'list', document: readList(bytes) };
}
