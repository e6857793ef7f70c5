import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Of Debian. Not installed: that would start a daemon, and give the machine a bridge and firewall rules. */
const PACKAGES = ['docker.io', 'containerd'];

/**
 * The directory that Debian's Docker is unpacked in, with `usr/bin` and `usr/sbin`; downloaded once
 * into the user's cache. Of several that download at the same time, the first to be done wins.
 * @throws Error with what `apt-get` said.
 */
export async function dockerPackages(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sheerline');
  const target = join(cache, 'docker');
  if (await isThere(target)) return target;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'docker-'));
  try {
    await download(draft);
    await unpack(draft);
    await rename(draft, target).catch(async (error: unknown) => {
      if (!(await isThere(target))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}

/** A machine that was installed from an image may have no list of packages, or an old one. */
async function download(directory: string): Promise<void> {
  const fetch = (): Promise<unknown> =>
    execute('apt-get', ['-q', 'download', ...PACKAGES], { cwd: directory });
  await fetch().catch(async () => {
    await execute('apt-get', ['-q', 'update']).catch(() => {});
    await fetch().catch((cause: unknown) => {
      throw new Error(`Debian's ${PACKAGES.join(' and ')} could not be downloaded`, { cause });
    });
  });
}

async function unpack(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.deb')) continue;
    await execute('dpkg-deb', ['-x', join(directory, name), directory]);
    await rm(join(directory, name));
  }
}

const isThere = (directory: string): Promise<boolean> =>
  access(join(directory, 'usr', 'sbin', 'dockerd')).then(
    () => true,
    () => false,
  );
