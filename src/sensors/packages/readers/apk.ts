import type { FileReading, FoundPackage } from '../layer-scan.ts';
import { isOfInterestOwned } from './owned-files.ts';

/** apk's `installed` database: lines `LETTER:value`, a paragraph per package, its files among them. */
export function readApkInstalled(bytes: Buffer): FileReading {
  const packages: FoundPackage[] = [];
  const problems: string[] = [];
  const owns: string[] = [];
  for (const paragraph of bytes.toString('utf8').split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    let directory = '';
    for (const line of paragraph.split('\n')) {
      if (line[1] !== ':') continue;
      const value = line.slice(2).trim();
      const key = line.slice(0, 1);
      if (key === 'F') directory = value;
      else if (key === 'R') owns.push(`/${directory}/${value}`);
      else if (!fields.has(key)) fields.set(key, value);
    }
    const found = packageOf(fields);
    if (typeof found === 'string') problems.push(found);
    else if (found !== null) packages.push(found);
  }
  return { packages, problems, owns: owns.filter(isOfInterestOwned) };
}

function packageOf(fields: ReadonlyMap<string, string>): FoundPackage | string | null {
  const name = fields.get('P') ?? '';
  const version = fields.get('V') ?? '';
  if (name === '') return fields.size === 0 ? null : 'a package in it has no name';
  if (version === '') return `the package ${name} has no version`;
  return {
    readBy: 'apk',
    name,
    version,
    architecture: fields.get('A') ?? null,
    source: { name: fields.get('o') ?? name, version },
  };
}
