import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** One package that really lies in a root file system, by the distribution's own tool. */
export interface TruePackage {
  readonly kind: 'debian' | 'python';
  /** Of the binary package; of Python as its metadata spells it. */
  readonly name: string;
  readonly version: string;
  /** As dpkg says; `null` for Python. */
  readonly architecture: string | null;
  readonly source: string | null;
  readonly sourceVersion: string | null;
}

const FORMAT =
  '${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n';

/** Where images of the tree have Python packages that no Debian package brought. */
const PYTHON_PLACES = ['opt'] as const;

/** Everything in a root file system: of an image, or `/proc/PID/root`. */
export async function packagesOfRoot(root: string): Promise<readonly TruePackage[]> {
  const { stdout } = await execute('dpkg-query', [`--admindir=${root}/var/lib/dpkg`, '-W', '-f', FORMAT], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const debian = stdout.split('\n').flatMap((line) => {
    const [status, name = '', version = '', architecture = null, source = null, sourceVersion = null] =
      line.split('\t');
    if (status !== 'installed') return [];
    return [{ kind: 'debian', name, version, architecture, source, sourceVersion } as const];
  });
  const python = await Promise.all(PYTHON_PLACES.map((place) => pythonPackages(join(root, place))));
  return [...debian, ...python.flat()];
}

async function pythonPackages(directory: string): Promise<readonly TruePackage[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && /^(?:PKG-INFO|METADATA)$/.test(entry.name));
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(file.parentPath, file.name), 'utf8');
      const [name = '', version = ''] = [/^Name: (.*)$/m.exec(text)?.[1], /^Version: (.*)$/m.exec(text)?.[1]];
      return {
        kind: 'python',
        name,
        version,
        architecture: null,
        source: null,
        sourceVersion: null,
      } as const;
    }),
  );
}
