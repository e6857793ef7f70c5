import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Commands that tests use in containers; all of them are one static binary. */
const APPLETS = [
  'sh',
  'sleep',
  'nc',
  'wget',
  'httpd',
  'ip',
  'echo',
  'cat',
  'true',
  'false',
  'touch',
  'ls',
  'usleep',
];

/**
 * Imports a busybox image with these labels: `run` gets what follows `podman import` or `docker import`,
 * but for the image's name.
 */
export async function importBusybox(
  directory: string,
  labels: Readonly<Record<string, string>>,
  run: (...parameters: readonly string[]) => Promise<string>,
): Promise<void> {
  const root = await busyboxRootFileSystem(directory);
  const archive = join(directory, `${randomBytes(4).toString('hex')}.tar`);
  await execute('tar', ['-C', root, '-cf', archive, '.']);
  const changes = Object.entries(labels).flatMap(([key, value]) => [
    '--change',
    `LABEL ${key}=${JSON.stringify(value)}`,
  ]);
  await run(...changes, archive);
  await rm(archive);
}

/** A root file system of one static busybox below `directory`, made once. */
export async function busyboxRootFileSystem(directory: string): Promise<string> {
  const root = join(directory, 'busybox');
  const made = await mkdir(join(root, 'bin'), { recursive: true });
  if (made === undefined) return root;
  for (const name of ['etc', 'tmp', 'proc', 'sys', 'dev']) await mkdir(join(root, name));
  await copyFile('/bin/busybox', join(root, 'bin', 'busybox')).catch((cause: unknown) => {
    throw new Error('busybox is not installed: apt-get install -y busybox-static', { cause });
  });
  for (const applet of APPLETS) await symlink('busybox', join(root, 'bin', applet));
  return root;
}
