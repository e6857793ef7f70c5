import { execFile, spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { ContainerCommand } from './container-command.ts';
import { findProgram } from './find-program.ts';

const execute = promisify(execFile);

/** Where they are inside of the image. */
const NODE_PROGRAM = '/usr/bin/node';
export const REDIS_PROGRAM = '/usr/bin/redis-server';

/**
 * Imports an image of this machine's own files, so that no registry is needed: our Node, Redis where it is
 * installed, the libraries that they need, and the services in /shop.
 */
export async function makeImage(engine: ContainerCommand, name: string, services: string): Promise<void> {
  const redis = findProgram('redis-server');
  const programs = [process.execPath, ...(redis === null ? [] : [redis])];
  const libraries = new Set((await Promise.all(programs.map(librariesOf))).flat());
  // First match wins; the paths of libraries stay as they are.
  const moves = [
    `--transform=s|^${process.execPath}$|${NODE_PROGRAM}|`,
    `--transform=s|^${services}|/shop|`,
    ...(redis === null ? [] : [`--transform=s|^${redis}$|${REDIS_PROGRAM}|`]),
  ];
  const settings = ['--create', '--dereference', '--absolute-names', '--exclude=*.ts', '--exclude=*.md'];
  const archive = spawn('tar', [...settings, ...moves, ...programs, ...libraries, services], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const load = spawn(engine.program, ['import', '-', name], {
    env: engine.environment,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  await Promise.all([
    pipeline(archive.stdout, load.stdin),
    succeeded('tar', archive),
    succeeded('import', load),
  ]);
}

/** The paths that the dynamic linker finds for it, the linker's own too. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await execute('ldd', [program]);
  return [...stdout.matchAll(/(?:=> |^\s+)(?<path>\/\S+)/gm)].map((match) => match.groups?.['path'] ?? '');
}

function succeeded(what: string, child: ReturnType<typeof spawn>): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${what} of the shop's image failed: ${errors.trim()}`));
    });
  });
}
