import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Paths of all files under version control, from the root; files that are deleted are left out. */
export function trackedFiles(): readonly string[] {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', ROOT, 'ls-files', '-z', ...parameters], { encoding: 'utf8' })
      .split('\0')
      .filter((path) => path !== '');
  const deleted = new Set(git('--deleted'));
  return git().filter((path) => !deleted.has(path));
}
