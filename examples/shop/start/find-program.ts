import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps some of them off the path of ordinary users. */
const MORE = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** The path of a program that is installed, or null. */
export function findProgram(name: string): string | null {
  for (const directory of [...(process.env['PATH'] ?? '').split(delimiter), ...MORE]) {
    const path = join(directory, name);
    if (isExecutable(path)) return path;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
