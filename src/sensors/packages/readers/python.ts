import { normalisePythonName } from '#model';
import { unreadable, type FileReading } from '../layer-scan.ts';
import { paragraphs } from './paragraphs.ts';

/** METADATA of a dist-info, PKG-INFO of an egg-info, or an egg-info that is a file: headers as of mail. */
export function readPythonMetadata(bytes: Buffer): FileReading {
  const [fields] = paragraphs(bytes.toString('utf8').replaceAll('\r\n', '\n'));
  const name = fields?.get('name') ?? '';
  const version = fields?.get('version') ?? '';
  if (name === '' || version === '') return unreadable('tells no name or no version');
  const found = { readBy: 'python', name: normalisePythonName(name), version } as const;
  return { packages: [{ ...found, architecture: null, source: null }], problems: [] };
}
