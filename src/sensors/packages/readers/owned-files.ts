import type { FileReading } from '../layer-scan.ts';

/**
 * Whether a file that a system package brought may also be looked into by a reader of a language: then
 * the package of the language is the system's, and is not counted a second time under a version that the
 * distribution may have repaired.
 */
export function isOfInterestOwned(path: string): boolean {
  // A distribution has 100,000 files, most of them below /usr/share: nothing here makes a string of its own.
  if (OWNED_ENDINGS.some((ending) => path.endsWith(ending))) return true;
  if (path.startsWith('/usr/share/')) return false;
  if (path.includes('bin/') || path.includes('/libexec/')) return true;
  // Programs that others start: `docker-compose` beside other plug-ins.
  return path.includes('/lib/') && path.lastIndexOf('.') < path.lastIndexOf('/');
}

const OWNED_ENDINGS: readonly string[] = [
  '/METADATA',
  '/PKG-INFO',
  '/package.json',
  '.jar',
  '.war',
  '.ear',
  '.hpi',
  '.jpi',
  '.egg-info',
  '.dist-info',
];

/** dpkg's `info/NAME.list`: a path per line. */
export function readDpkgFileList(bytes: Buffer): FileReading {
  const paths = bytes.toString('utf8').split('\n');
  return { packages: [], problems: [], owns: paths.filter(isOfInterestOwned) };
}

/** Distroless' `status.d/NAME.md5sums`: a sum, two blanks, a path without its first slash. */
export function readDpkgSums(bytes: Buffer): FileReading {
  const lines = bytes.toString('utf8').split('\n');
  const paths = lines.map((line) => `/${line.replace(/^\S+\s+/, '')}`);
  return { packages: [], problems: [], owns: paths.filter(isOfInterestOwned) };
}

/** Where /bin, /sbin and /lib are links into /usr, both spellings name one file. */
export function withoutUsr(path: string): string {
  return path.replace(/^\/usr\/(?=(?:s?bin|lib\w*)\/)/, '/');
}
