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
  readonly severity?: readonly { readonly type: 'CVSS_V3'; readonly score: string }[];
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

/** As GitHub's advisory database published them; what the tree has of them no Debian package owns. */
const PYTHON_RECORDS: readonly OsvRecord[] = [
  {
    schema_version: '1.7.0',
    id: 'GHSA-vqfr-h8mv-ghfj',
    modified: '2025-04-24T21:41:36Z',
    published: '2025-04-24T16:07:56Z',
    upstream: [],
    aliases: ['CVE-2025-43859'],
    summary: 'h11 accepts some malformed Chunked-Encoding bodies',
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N' }],
    affected: [pythonRange('h11', '0', '0.16.0')],
  },
  {
    schema_version: '1.7.0',
    id: 'GHSA-v845-jxx5-vc9f',
    modified: '2023-11-04T00:30:22Z',
    published: '2023-10-02T23:27:05Z',
    upstream: [],
    aliases: ['CVE-2023-43804'],
    summary: "`Cookie` HTTP header isn't stripped on cross-origin redirects",
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:H/PR:H/UI:N/S:U/C:H/I:H/A:N' }],
    affected: [pythonRange('urllib3', '2.0.0', '2.0.6'), pythonRange('urllib3', '0', '1.26.17')],
  },
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

function pythonRange(name: string, introduced: string, fixed: string): OsvAffected {
  return {
    package: { ecosystem: 'PyPI', name },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced }, { fixed }] }],
  };
}
