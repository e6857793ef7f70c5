import type { ImageTree } from './image-tree.ts';
import { readChangelogs, type Changelog } from './changelogs.ts';

/** An OSV record (schema 1.7), as far as these have fields. */
export interface OsvRecord {
  readonly schema_version: '1.7.0';
  readonly id: string;
  readonly modified: string;
  readonly published: string;
  readonly upstream: readonly string[];
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly affected: readonly OsvAffected[];
}

export interface OsvAffected {
  readonly package: { readonly ecosystem: 'Debian:12' | 'PyPI'; readonly name: string };
  readonly ranges: readonly {
    readonly type: 'ECOSYSTEM';
    readonly events: readonly (
      | { readonly introduced: string; readonly fixed?: never }
      | { readonly fixed: string; readonly introduced?: never }
    )[];
  }[];
}

/** One line of a changelog that names a vulnerability. */
interface Mention {
  readonly source: string;
  readonly version: string;
  readonly at: string;
  readonly line: string;
}

/** Versions that Debian 12's stable and security updates have; what came before had other releases' names. */
const OF_RELEASE = /[+~]deb12u\d+/;

/** As their advisories have them; what the tree has of them no Debian package owns. */
const PYTHON_RECORDS: readonly OsvRecord[] = [
  pythonRecord({ id: 'GHSA-vqfr-h8mv-ghfj', alias: 'CVE-2025-43859', name: 'h11', runs: [['0', '0.16.0']] }),
  pythonRecord({
    id: 'GHSA-v845-jxx5-vc9f',
    alias: 'CVE-2023-43804',
    name: 'urllib3',
    runs: [
      ['0', '1.26.17'],
      ['2.0.0', '2.0.6'],
    ],
  }),
];

/**
 * True records about what is in the tree: what the changelogs of its packages' newest versions say was
 * fixed in which version, by source package; and two of PyPI. Many were fixed before the tree was built.
 */
export async function osvRecords(tree: ImageTree): Promise<readonly OsvRecord[]> {
  const changelogs = await readChangelogs(tree);
  const mentions = new Map<string, Map<string, Mention>>();
  for (const changelog of changelogs) collect(changelog, mentions);
  const debian = [...mentions].map(([id, bySource]) => debianRecord(id, [...bySource.values()]));
  return [...debian, ...PYTHON_RECORDS];
}

/** The oldest version that names it fixed it; a changelog begins with its newest. */
function collect(changelog: Changelog, mentions: Map<string, Map<string, Mention>>): void {
  const { source } = changelog;
  for (const { version, at, lines } of changelog.entries) {
    if (!OF_RELEASE.test(version)) continue;
    for (const line of lines) {
      for (const [id] of line.matchAll(/CVE-\d{4}-\d{4,}/g)) {
        const bySource = mentions.get(id) ?? new Map<string, Mention>();
        mentions.set(id, bySource.set(source, { source, version, at, line: line.trim() }));
      }
    }
  }
}

function debianRecord(id: string, mentions: readonly Mention[]): OsvRecord {
  const at = mentions.map((mention) => mention.at).toSorted()[0] ?? '';
  return {
    schema_version: '1.7.0',
    id: `DEBIAN-${id}`,
    modified: at,
    published: at,
    upstream: [id],
    aliases: [],
    summary: mentions[0]?.line ?? '',
    affected: mentions.map(({ source, version }) => ({
      package: { ecosystem: 'Debian:12', name: source },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
    })),
  };
}

function pythonRecord(said: {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly runs: readonly (readonly [string, string])[];
}): OsvRecord {
  const at = '2025-05-01T00:00:00Z';
  const ranges = said.runs.map(([introduced, fixed]) => ({
    type: 'ECOSYSTEM' as const,
    events: [{ introduced }, { fixed }],
  }));
  return {
    schema_version: '1.7.0',
    id: said.id,
    modified: at,
    published: at,
    upstream: [],
    aliases: [said.alias],
    summary: `${said.name} before ${said.runs.map(([, fixed]) => fixed).join(' and ')}`,
    affected: [{ package: { ecosystem: 'PyPI', name: said.name }, ranges }],
  };
}
