import { lstatSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Older than a day, so that a file system mounted with `relatime` writes down the next access. */
const LONG_AGO_S = 3 * 24 * 3600;

/** What is known of each file, by path. */
export type FileTimes = Readonly<Record<string, string>>;

/** Makes the next reading of each file show in its access time, where the mount keeps one. */
export function awaitAccess(directories: readonly string[]): void {
  for (const path of entriesBelow(directories)) {
    const status = lstatSync(path);
    if (status.isFile()) utimesSync(path, status.mtimeMs / 1000 - LONG_AGO_S, status.mtimeMs / 1000);
  }
}

/**
 * Everything about every file except its content: any change of that shows in the times. Access times
 * only of files: to list a directory counts as an access, and this very function lists them.
 */
export function fileTimes(directories: readonly string[]): FileTimes {
  const times: Record<string, string> = {};
  for (const path of entriesBelow(directories)) {
    const status = lstatSync(path, { bigint: true });
    const { ino, mode, uid, gid, size, mtimeNs, ctimeNs, atimeNs } = status;
    const accessed = status.isFile() ? ` read ${atimeNs}` : '';
    times[path] =
      `inode ${ino} mode ${mode} owner ${uid}:${gid} size ${size} written ${mtimeNs} changed ${ctimeNs}${accessed}`;
  }
  return times;
}

function entriesBelow(directories: readonly string[]): readonly string[] {
  return directories.flatMap((directory) => [
    directory,
    ...readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name)),
  ]);
}
