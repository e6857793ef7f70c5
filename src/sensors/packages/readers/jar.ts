import type { FileReading, FoundPackage } from '../layer-scan.ts';
import { paragraphs } from './paragraphs.ts';
import { unzip, zipEntries, type ZipEntry } from './zip.ts';

/** An application's archive holds a library's, which may hold another's; nothing real goes deeper. */
const DEPTH_MAX = 4;
/** Of everything that is unpacked out of one file on disk, archives within archives included. */
const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;
const MANIFEST_BYTES_MAX = 1024 * 1024;
const FILE_NAME_LENGTH_MAX = 255;

/** What may still be unpacked. */
interface Budget {
  bytes: number;
}

/**
 * Java archives: Maven's own `pom.properties` (several, where libraries were merged into one), else what
 * the manifest and the file's name tell; libraries inside of an application's archive too.
 */
export function readJar(bytes: Buffer, path: string, unpackedBytesMax = UNPACKED_BYTES_MAX): FileReading {
  return readArchive(bytes, { path, depth: 1, budget: { bytes: unpackedBytesMax } });
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly budget: Budget;
}

function readArchive(bytes: Buffer, place: Place): FileReading {
  const entries = zipEntries(bytes);
  if (entries === null) return { packages: [], problems: ['is no archive, or a torn one'] };
  const packages: FoundPackage[] = [];
  const problems: string[] = [];
  const own = entries.filter((entry) => /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/.test(entry.name));
  for (const entry of own) {
    const properties = unpackText(bytes, entry, place.budget);
    const known = typeof properties === 'string' ? properties : ofProperties(properties.text);
    if (typeof known === 'string') problems.push(`${entry.name} ${known}`);
    else packages.push(known);
  }
  if (packages.length === 0) addFallback({ bytes, entries, place, packages, problems });
  for (const entry of entries) {
    if (!/\.(?:jar|war|ear)$/i.test(entry.name)) continue;
    const inner = readInner(bytes, entry, place);
    packages.push(...inner.packages);
    problems.push(...inner.problems.map((problem) => `${entry.name} ${problem}`));
    if (problems.length > 100) break;
  }
  return { packages, problems };
}

function readInner(bytes: Buffer, entry: ZipEntry, place: Place): FileReading {
  if (place.depth >= DEPTH_MAX) return { packages: [], problems: ['is nested too deeply'] };
  const inner = unzip(bytes, entry, place.budget.bytes);
  if (typeof inner === 'string') return { packages: [], problems: [inner] };
  place.budget.bytes -= inner.length;
  return readArchive(inner, { ...place, path: entry.name, depth: place.depth + 1 });
}

function unpackText(bytes: Buffer, entry: ZipEntry, budget: Budget): { readonly text: string } | string {
  const unpacked = unzip(bytes, entry, Math.min(MANIFEST_BYTES_MAX, budget.bytes));
  if (typeof unpacked === 'string') return unpacked;
  budget.bytes -= unpacked.length;
  return { text: unpacked.toString('utf8').replaceAll('\r\n', '\n') };
}

function ofProperties(text: string): FoundPackage | string {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const end = line.search(/[=:]/);
    const key = end < 0 ? '' : line.slice(0, end).trim();
    if (!values.has(key)) values.set(key, line.slice(end + 1).trim());
  }
  const [group = '', artifact = '', version = ''] = ['groupId', 'artifactId', 'version'].map((key) =>
    values.get(key),
  );
  if (group === '' || artifact === '' || version === '') return 'tells no group, artifact or version';
  return found(group, artifact, version);
}

function addFallback(archive: {
  readonly bytes: Buffer;
  readonly entries: readonly ZipEntry[];
  readonly place: Place;
  readonly packages: FoundPackage[];
  readonly problems: string[];
}): void {
  const entry = archive.entries.find((one) => one.name.toUpperCase() === 'META-INF/MANIFEST.MF');
  const manifest =
    entry === undefined ? { text: '' } : unpackText(archive.bytes, entry, archive.place.budget);
  if (typeof manifest === 'string') {
    archive.problems.push(`its manifest ${manifest}`);
    return;
  }
  // A line of a manifest has 72 bytes; the next one goes on after a blank.
  const [fields] = paragraphs(manifest.text.replaceAll('\n ', ''));
  const known = ofManifest(fields ?? new Map(), archive.place.path);
  if (known !== null) archive.packages.push(known);
  else if (archive.entries.some((one) => one.name.endsWith('.class'))) {
    archive.problems.push('tells no group, artifact or version: neither Maven nor a manifest names it');
  }
}

/**
 * The artifact and the version of the file's name, the group of the manifest: without a group no advisory
 * can be meant, and guessing one would match wrongly.
 */
function ofManifest(fields: ReadonlyMap<string, string>, path: string): FoundPackage | null {
  // No file system has longer names; an archive may.
  const file = (path.split('/').at(-1) ?? '').slice(-FILE_NAME_LENGTH_MAX);
  const [, fileArtifact, fileVersion] = /^(.+?)-(\d[\w.+-]*)\.\w+$/.exec(file) ?? [];
  const version = fileVersion ?? fields.get('implementation-version') ?? fields.get('bundle-version') ?? '';
  const artifact = fileArtifact ?? file.replace(/\.\w+$/, '');
  const group = groupOf(fields, artifact);
  const isKnown = version !== '' && artifact !== '' && /^[\w.-]+$/.test(group);
  return isKnown ? found(group, artifact, version) : null;
}

function groupOf(fields: ReadonlyMap<string, string>, artifact: string): string {
  const symbolic = fields.get('bundle-symbolicname')?.split(';')[0]?.trim() ?? '';
  const beforeArtifact = symbolic.endsWith(`.${artifact}`) ? symbolic.slice(0, -artifact.length - 1) : '';
  return fields.get('implementation-vendor-id') ?? beforeArtifact;
}

function found(group: string, artifact: string, version: string): FoundPackage {
  return { readBy: 'jar', name: `${group}:${artifact}`, version, architecture: null, source: null };
}
