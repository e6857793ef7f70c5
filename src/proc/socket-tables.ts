import type { Protocol } from '#model';

import { ProcError } from './proc-error.ts';
import type { ProcFiles } from './proc-files.ts';
import { readSocketCounts } from './socket-counts.ts';
import { SocketCursor } from './socket-cursor.ts';

const TABLES = [
  { file: 'tcp', protocol: 'tcp', required: true },
  { file: 'tcp6', protocol: 'tcp', required: false },
  { file: 'udp', protocol: 'udp', required: false },
  { file: 'udp6', protocol: 'udp', required: false },
] as const;

export interface SocketTable {
  readonly protocol: Protocol;
  readonly rows: SocketCursor;
}

/**
 * The socket tables of a network namespace: this process's own (`own`), else that of the first of
 * `pids` that still lives. A table must be walked before the next one is asked for: they share a
 * buffer. Says whether the namespace could be read.
 *
 * @throws ProcError when this process's own can't be read.
 */
export function* readSocketTables(
  files: ProcFiles,
  pids: readonly number[] | 'own',
): Generator<SocketTable, boolean> {
  const directories = pids === 'own' ? ['net'] : pids.map((pid) => `${pid}/net`);
  for (const directory of directories) {
    if (yield* readDirectory(files, directory)) return true;
  }
  if (pids === 'own') {
    throw new ProcError(`${files.directory}/net/tcp can't be read, so no socket can be seen`, {
      next: 'Check that the proc file system is complete and that the kernel has TCP.',
    });
  }
  return false;
}

function* readDirectory(files: ProcFiles, directory: string): Generator<SocketTable, boolean> {
  const counts = readSocketCounts(files, directory);
  for (const { file, protocol, required } of TABLES) {
    if (counts?.[file] === false) continue;
    const bytes = files.bytes(`${directory}/${file}`);
    if (bytes !== null) yield { protocol, rows: new SocketCursor(bytes) };
    else if (required) return false;
  }
  return true;
}
