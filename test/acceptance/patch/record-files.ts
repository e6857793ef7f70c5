import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OsvRecord } from '../../image-tree/osv-records.ts';

const execute = promisify(execFile);

/** How records are brought: a file each in a directory, or these in a zip archive, as osv.dev gives them. */
export type RecordPlace = 'directory' | 'zip';

/** Writes them below a directory; the path to sync from. */
export async function writeRecords(
  directory: string,
  records: readonly OsvRecord[],
  place: RecordPlace,
): Promise<string> {
  const files = join(directory, 'osv');
  await mkdir(files);
  for (const record of records) await writeFile(join(files, `${record.id}.json`), JSON.stringify(record));
  if (place === 'directory') return files;
  const archive = join(directory, 'all.zip');
  await execute('zip', ['--quiet', '--recurse-paths', archive, '.'], { cwd: files }).catch(
    (cause: unknown) => {
      throw new Error('zip failed, or is not installed: apt-get install -y zip', { cause });
    },
  );
  return archive;
}

/** The id that people know it by. */
export function vulnerabilityOf({ id, upstream, aliases }: OsvRecord): string {
  return [...upstream, ...aliases].find((each) => each.startsWith('CVE-')) ?? id;
}

/** What its CVSS vector comes to, by the ratings of CVSS 3.1; the changelogs of Debian rate nothing. */
export function severityOf({ severity }: OsvRecord): 'critical' | 'medium' | 'unknown' {
  const score = severity?.[0]?.score;
  if (score === undefined) return 'unknown';
  const known = SEVERITIES.get(score);
  if (known === undefined) throw new Error(`how severe is ${score}?`);
  return known;
}

/** As published with the advisories: 9.1 and 5.9. */
const SEVERITIES = new Map<string, 'critical' | 'medium'>([
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N', 'critical'],
  ['CVSS:3.1/AV:N/AC:H/PR:H/UI:N/S:U/C:H/I:H/A:N', 'medium'],
]);
