import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What a file of a program may be called: no `MainThread`, no `gunicorn: master`, no `(sd-pam)`. */
const PROGRAM = /^[a-z0-9][\w.+-]*$/;

/**
 * What people call a program, and where it lies. One file can be many programs (redis-server is a
 * link to redis-check-rdb, half a system to busybox), and a script runs as its interpreter: then the
 * kernel's name for the process is the one that it was called by.
 */
export function programNames(
  executable: string | null,
  command: string,
): { readonly name: string; readonly executable: string | null } {
  if (executable === null) return { name: command, executable };
  const file = basename(executable);
  // Cut to 15 bytes, or with the name of a thread behind it: `node-MainThread`.
  const related = file.startsWith(command) || command.startsWith(file);
  if (related || !PROGRAM.test(command)) return { name: file, executable };
  const calledAs = join(dirname(executable), command);
  return { name: command, executable: isLinkTo(calledAs, executable) ? calledAs : executable };
}

function isLinkTo(path: string, target: string): boolean {
  try {
    return realpathSync(path) === target;
  } catch {
    return false;
  }
}
