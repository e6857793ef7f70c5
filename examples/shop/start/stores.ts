import { execFile } from 'node:child_process';
import { chownSync, globSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endingWithUs } from './ending-with-us.ts';
import { findProgram } from './find-program.ts';
import type { Store } from './running-part.ts';

const run = promisify(execFile);

/** A store that can be started. */
export interface PreparedStore {
  readonly command: readonly string[];
  readonly port: number;
  /** From its output so far; null: not yet. */
  isReady(output: string): true | null;
}

/** The stores of which a server is installed here. */
export function installedStores(): readonly Store[] {
  const stores: Store[] = [];
  if (findProgram('redis-server') !== null) stores.push('redis');
  if (postgresPrograms() !== null) stores.push('postgres');
  return stores;
}

/** Makes what `store` needs below `directory`: it keeps nothing anywhere else. */
export async function prepareStore(store: Store, directory: string): Promise<PreparedStore> {
  const port = await freePort();
  return store === 'redis' ? prepareRedis(directory, port) : preparePostgres(directory, port);
}

const REDIS_READY = 'Ready to accept connections';

function prepareRedis(directory: string, port: number): PreparedStore {
  const program = findProgram('redis-server');
  if (program === null) throw new Error('redis-server is not installed: apt-get install redis-server');
  return {
    command: [
      program,
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'no',
    ],
    port,
    isReady: (output) => (output.includes(REDIS_READY) ? true : null),
  };
}

async function preparePostgres(directory: string, port: number): Promise<PreparedStore> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const data = join(directory, 'data');
  const asUser = userForPostgres(directory);
  const initialise = [
    '--pgdata',
    data,
    '--username',
    'shop',
    '--auth',
    'trust',
    '--no-sync',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
  ];
  const [first = '', ...rest] = [...asUser, join(programs, 'initdb'), ...initialise];
  await run(first, rest, { cwd: directory });
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    command: [...asUser, ...endingWithUs([join(programs, 'postgres'), '-D', data, ...options])],
    port,
    isReady: (output) => (output.includes('ready to accept connections') ? true : null),
  };
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
function userForPostgres(directory: string): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const { uid, gid } = statSync('/var/lib/postgresql');
  chownSync(directory, uid, gid);
  return ['setpriv', '--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups', '--'];
}

/** The directory of the newest version's programs. */
function postgresPrograms(): string | null {
  const found = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  return found.at(-1) ?? null;
}

/** Free a moment ago; a store that loses it to somebody else says so in its output. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
