import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { isOlder } from './brute-force.ts';
import type { ImageTree } from './image-tree.ts';

const execute = promisify(execFile);

/** Of one source package, newest entry first. */
export interface Changelog {
  readonly source: string;
  readonly entries: readonly ChangelogEntry[];
}

export interface ChangelogEntry {
  readonly version: string;
  /** RFC 3339. */
  readonly at: string;
  readonly lines: readonly string[];
}

interface Candidate {
  readonly name: string;
  readonly version: string;
  readonly source: string;
}

/** Of every source package in the tree that has a newer version by now, from its newest version. */
export async function readChangelogs(tree: ImageTree): Promise<readonly Changelog[]> {
  const changelogs: Changelog[] = [];
  const newest = await newerVersions(tree);
  for (const [source, candidates] of Map.groupBy(newest, (candidate) => candidate.source)) {
    const text = await changelogOf(tree, source, candidates);
    if (text !== null) changelogs.push({ source, entries: parseChangelog(text) });
  }
  return changelogs;
}

/** deb-changelog(5). */
function parseChangelog(text: string): readonly ChangelogEntry[] {
  const entries: ChangelogEntry[] = [];
  let version: string | null = null;
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const begun = /^\S+ \(([^)]+)\) /.exec(line)?.[1];
    const ended = /^ -- .*>  (.*)$/.exec(line)?.[1];
    if (begun !== undefined) [version, lines] = [begun, []];
    else if (ended === undefined || version === null) lines.push(line);
    else entries.push({ version, at: new Date(ended).toISOString(), lines });
  }
  return entries;
}

async function newerVersions(tree: ImageTree): Promise<readonly Candidate[]> {
  const oldest = new Map<string, { readonly version: string; readonly source: string }>();
  for (const { packages } of tree.images.values()) {
    for (const { kind, name, version, source } of packages) {
      const known = oldest.get(name);
      if (kind !== 'debian' || (known !== undefined && !isOlder(version, known.version))) continue;
      oldest.set(name, { version, source: source ?? name });
    }
  }
  const stanzas = await tree.mirror.run(
    'secured',
    ['apt-cache', 'show', '--no-all-versions', ...oldest.keys()],
    tmpdir(),
  );
  return stanzas.split('\n\n').flatMap((stanza) => {
    const name = /^Package: (.*)$/m.exec(stanza)?.[1] ?? '';
    const version = /^Version: (.*)$/m.exec(stanza)?.[1] ?? '';
    const known = oldest.get(name);
    if (known === undefined || !isOlder(known.version, version)) return [];
    return [{ name, version, source: known.source }];
  });
}

/** Some packages' documentation is a link to another's, so each is tried. */
async function changelogOf(
  tree: ImageTree,
  source: string,
  candidates: readonly Candidate[],
): Promise<string | null> {
  await mkdir(tree.changelogs, { recursive: true });
  for (const { name, version } of candidates) {
    const kept = join(tree.changelogs, `${source}_${version.replaceAll(':', '%3a')}`);
    const known = await readFile(kept, 'utf8').catch(() => null);
    if (known !== null) return known;
    const text = await fromPackage(tree, name, version);
    if (text === null) continue;
    await writeFile(`${kept}.${process.pid}`, text);
    await rename(`${kept}.${process.pid}`, kept);
    return text;
  }
  return null;
}

async function fromPackage(tree: ImageTree, name: string, version: string): Promise<string | null> {
  const directory = await mkdtemp(join(tmpdir(), 'sheerline-changelog-'));
  try {
    await tree.mirror.run('secured', ['apt-get', '-q', 'download', `${name}=${version}`], directory);
    const archive = (await readdir(directory)).find((file) => file.endsWith('.deb')) ?? '';
    await execute('dpkg-deb', ['-x', archive, 'root'], { cwd: directory });
    for (const file of ['changelog.Debian.gz', 'changelog.gz']) {
      const packed = await readFile(join(directory, 'root/usr/share/doc', name, file)).catch(() => null);
      if (packed !== null) return gunzipSync(packed).toString('utf8');
    }
    return null;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
