import { NOTHING_READ, type FileReader } from '../layer-scan.ts';
import { readApkInstalled } from '../readers/apk.ts';
import { readDpkgStatus } from '../readers/dpkg.ts';
import { readJar } from '../readers/jar.ts';
import { readNpmManifest } from '../readers/npm.ts';
import { readOsRelease } from '../readers/os-release.ts';
import { readDpkgFileList, readDpkgSums } from '../readers/owned-files.ts';
import { readPythonMetadata } from '../readers/python.ts';
import { readRpmBerkeley, readRpmNdb, readRpmSqlite, refuseRpmJournal } from '../readers/rpm.ts';

/** Who looks into a file, and how large it may be: it is held in memory. */
export interface PathReader {
  readonly read: FileReader;
  readonly bytesMax: number;
  /** Databases: where one is a link or a device, what is in it is not known, and that is said. */
  readonly isDatabase: boolean;
}

const MEGABYTE = 2 ** 20;

const status = database(readDpkgStatus, 128);
const apk = database(readApkInstalled, 256);
const release = reader(readOsRelease, 1);
/** The rpm database of a whole distribution has some 300 MB. */
const rpm: Readonly<Record<string, PathReader>> = {
  'rpmdb.sqlite': database(readRpmSqlite, 512),
  'rpmdb.sqlite-wal': database(refuseRpmJournal, 512),
  'Packages.db': database(readRpmNdb, 512),
  Packages: database(readRpmBerkeley, 512),
};

const EXACT: Readonly<Record<string, PathReader>> = {
  '/etc/os-release': release,
  '/usr/lib/os-release': release,
  '/var/lib/dpkg/status': status,
  '/lib/apk/db/installed': apk,
  '/usr/lib/apk/db/installed': apk,
  ...Object.fromEntries(
    ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'].flatMap((directory) =>
      Object.entries(rpm).map(([name, own]) => [`${directory}/${name}`, own] as const),
    ),
  ),
};

/** Where databases are, and what tells the distribution; `status.d` and `info` hold further files. */
export const DATABASE_PATHS: readonly string[] = Object.keys(EXACT);

const STATUS_D = '/var/lib/dpkg/status.d/';
const INFO = '/var/lib/dpkg/info/';
const fileList = reader(readDpkgFileList, 64);
const sums = reader(readDpkgSums, 64);
const npm = reader(readNpmManifest, 4);
const python = reader(readPythonMetadata, 4);
const jar = reader(readJar, 512);

/** Of each kind of package that is known by the name of a file. Null: its name says nothing. */
export function readerOf(path: string): PathReader | null {
  if (Object.hasOwn(EXACT, path)) return EXACT[path] ?? null;
  if (path.startsWith(STATUS_D)) return path.endsWith('.md5sums') ? sums : status;
  if (path.startsWith(INFO)) return path.endsWith('.list') ? fileList : null;
  if (NPM.test(path)) return npm;
  if (PYTHON.test(path)) return python;
  return JAVA.test(path) ? jar : null;
}

const NPM = /\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/;
const PYTHON = /\.dist-info\/METADATA$|\.egg-info(?:\/PKG-INFO)?$|\/EGG-INFO\/PKG-INFO$/;
const JAVA = /\.(?:jar|war|ear|hpi|jpi)$/i;

/** Where pnpm keeps files under their digests: the package.json of a package is a hard link to one of them. */
export function isInPackageStore(path: string): boolean {
  return /\/(?:\.pnpm-store|pnpm\/store|\.?store)\/v\d+\/files\//.test(path);
}

function reader(read: FileReader, megabytes: number): PathReader {
  return { read, bytesMax: megabytes * MEGABYTE, isDatabase: false };
}

function database(read: FileReader, megabytes: number): PathReader {
  // An empty database is one that was made and never used.
  const unlessEmpty: FileReader = (bytes, path) => (bytes.length === 0 ? NOTHING_READ : read(bytes, path));
  return { ...reader(unlessEmpty, megabytes), isDatabase: true };
}
