import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings that count or measure, and change by themselves. */
const COUNTERS = /\/(nf_conntrack_count|stable_secret|flush)$/;

/** Of each network interface; those of other tests come and go. */
const OF_INTERFACE = /\/(?:conf|neigh)\/([^/]+)\//;

/**
 * Every setting of the network and its filter, by path.
 *
 * @param bridge the test's own
 */
export function networkSettings(bridge: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const path of filesBelow('/proc/sys/net')) {
    const owner = OF_INTERFACE.exec(path)?.[1];
    if (COUNTERS.test(path) || (owner !== undefined && !['all', 'default', 'lo', bridge].includes(owner)))
      continue;
    const value = read(path);
    if (value !== null) settings[path] = value;
  }
  return settings;
}

/** Where other tests mount: in their ground (scripts/test/own-ground.ts), or what names us, or networks. */
const OTHERS = /\/s-\w{6}\/|sheerline-|\/run\/netns/;

/**
 * What is mounted on the machine, as its first process sees it.
 *
 * @param directory the test's own; other tests mount below theirs
 */
export function mounts(directory: string): readonly string[] {
  const all = (read('/proc/1/mountinfo') ?? '').split('\n');
  return all.filter((line) => line.includes(directory) || !OTHERS.test(line));
}

/** Names of loaded kernel modules; empty where the kernel has none to load. */
export function kernelModules(): readonly string[] {
  const modules = read('/proc/modules') ?? '';
  return modules
    .split('\n')
    .map((line) => line.replace(/ .*/, ''))
    .toSorted();
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Only to be written, or gone meanwhile.
    return null;
  }
}
