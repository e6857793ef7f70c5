import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { confinedCommand } from '../packages/helper/helper-command.ts';
import { runHelper, type ConfinedScanOptions } from '../packages/helper/scan-confined.ts';
import { startHelper } from '../packages/helper/spare-helper.ts';
import { foreignDocumentOf, type ForeignDocument } from './foreign-document.ts';

const FOLDER = dirname(fileURLToPath(import.meta.url));

/**
 * Reads a document that somebody made (statements of OpenVEX, a list of packages) in a helper that is
 * confined as the one of `scanConfined`.
 *
 * @throws SensorError as `scanConfined`
 */
export function readDocumentConfined(
  bytes: Readable,
  options: ConfinedScanOptions = {},
): Promise<ForeignDocument> {
  const command = () => confinedCommand(FOLDER, 'document-helper');
  return runHelper(bytes, { command, start: startHelper, foundOf: foreignDocumentOf }, options);
}
