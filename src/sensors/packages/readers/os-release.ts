import { NOTHING_READ, type FileReading } from '../layer-scan.ts';

/** os-release(5): shell assignments. */
export function readOsRelease(bytes: Buffer): FileReading {
  const values = new Map<string, string>();
  for (const line of bytes.toString('utf8').split('\n')) {
    const [, key, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, unquoted(value));
  }
  const id = values.get('ID')?.toLowerCase();
  if (id === undefined) return NOTHING_READ;
  const name = values.get('PRETTY_NAME') ?? values.get('NAME') ?? id;
  return {
    packages: [],
    problems: [],
    distribution: { id, versionId: values.get('VERSION_ID') || null, name },
  };
}

function unquoted(value: string): string {
  const [, quoted] = /^(?:"(.*)"|'(.*)')$/.exec(value)?.filter((part) => part !== undefined) ?? [];
  return (quoted ?? value).replace(/\\([\\"$`])/g, '$1');
}
