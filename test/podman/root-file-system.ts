import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

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
