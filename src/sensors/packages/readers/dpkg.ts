import type { FileReading, FoundPackage } from '../layer-scan.ts';
import { paragraphs } from './paragraphs.ts';

/** States in which a package's files lie there; `config-files` and `not-installed` are not among them. */
const PRESENT: ReadonlySet<string> = new Set([
  'installed',
  'unpacked',
  'half-configured',
  'half-installed',
  'triggers-awaited',
  'triggers-pending',
]);

/**
 * dpkg's `status`, deb-status(5), or one file of distroless' `status.d`, whose paragraphs have no
 * status.
 */
export function readDpkgStatus(bytes: Buffer): FileReading {
  const packages: FoundPackage[] = [];
  const problems: string[] = [];
  for (const fields of paragraphs(bytes.toString('utf8'))) {
    const name = fields.get('package');
    const version = fields.get('version');
    if (name === undefined || !isPresent(fields.get('status'))) continue;
    if (version === undefined || version === '') {
      problems.push(`the package ${name} has no version`);
      continue;
    }
    packages.push({
      readBy: 'dpkg',
      name,
      version,
      architecture: fields.get('architecture') ?? null,
      source: sourceOf(fields.get('source'), name, version),
    });
  }
  return { packages, problems };
}

function isPresent(status: string | undefined): boolean {
  return status === undefined || PRESENT.has(status.split(/\s+/)[2] ?? '');
}

/** `Source: name (version)`; each part is left out where it is the binary package's own. */
function sourceOf(field: string | undefined, name: string, version: string): FoundPackage['source'] {
  const [, sourceName, sourceVersion] = /^(\S+)(?:\s+\(([^)]*)\))?/.exec(field ?? '') ?? [];
  return {
    name: sourceName ?? name,
    // A binary rebuild (`+b1`) is of the source without it.
    version: sourceVersion ?? version.replace(/\+b\d+$/, ''),
  };
}
