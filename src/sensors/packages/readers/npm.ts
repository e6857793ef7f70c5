import { NOTHING_READ, unreadable, type FileReading } from '../layer-scan.ts';

/** The package.json of something that is installed below a node_modules. */
export function readNpmManifest(bytes: Buffer): FileReading {
  let manifest: unknown;
  try {
    // Some were written with a byte order mark.
    manifest = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    return unreadable('is not JSON');
  }
  if (typeof manifest !== 'object' || manifest === null) return NOTHING_READ;
  const { name, version } = manifest as Readonly<Record<string, unknown>>;
  // Many packages hold further ones without a name or a version, only to say `"type": "module"`.
  if (typeof name !== 'string' || typeof version !== 'string') return NOTHING_READ;
  if (name === '' || version === '') return NOTHING_READ;
  const found = { readBy: 'npm', name, version: version.trim().replace(/^[v=]+/, '') } as const;
  return { packages: [{ ...found, architecture: null, source: null }], problems: [] };
}
