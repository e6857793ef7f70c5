import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export const RELEASE = 'bookworm';

/** Which packages an image is built from: as the release came out last, or with what its security team fixed since. */
export type Suite = 'frozen' | 'secured';

/** Where this machine's own apt gets its packages, and how. */
export interface PackageMirror {
  readonly uri: string;
  /** Changes when the mirror's content does. */
  stateOf(suite: Suite): string;
  /** For `buildah --volume`: an apt inside uses the suite, whatever its image says. */
  volumes(suite: Suite): readonly string[];
  /** Runs `apt-get` or `apt-cache` of this machine as if it used the suite, in a directory. */
  run(suite: Suite, command: readonly [string, ...string[]], directory: string): Promise<string>;
}

const COMPONENTS = { frozen: [RELEASE], secured: [RELEASE, `${RELEASE}-security`] } as const;

/**
 * Learns the mirror from apt's configuration, and brings the lists in `directory` up to date; without a
 * network those that are there stay.
 * @throws Error when this machine knows no mirror of the release
 */
export async function findMirror(directory: string): Promise<PackageMirror> {
  const uris = await knownUris();
  const settings = await machineSettings();
  const states = new Map<Suite, string>();
  for (const suite of ['frozen', 'secured'] as const) {
    await prepare(join(directory, suite), COMPONENTS[suite], { uris, settings });
    await apt(join(directory, suite), ['apt-get', '-q', 'update'], directory);
    states.set(suite, await stateIn(join(directory, suite, 'lists')));
  }
  return {
    uri: uris.get(RELEASE) ?? '',
    stateOf: (suite) => states.get(suite) ?? '',
    volumes: (suite) => volumesOf(join(directory, suite)),
    run: (suite, command, place) => apt(join(directory, suite), command, place),
  };
}

async function knownUris(): Promise<ReadonlyMap<string, string>> {
  const format = ['--format', '$(RELEASE) $(REPO_URI)', 'Created-By: Packages'];
  const { stdout } = await execute('apt-get', ['indextargets', ...format]);
  const pairs = stdout.split('\n').map((line) => line.split(' ') as [string, string]);
  const uris = new Map(pairs.filter(([release]) => release !== ''));
  for (const release of COMPONENTS.secured) {
    if (uris.has(release)) continue;
    throw new Error(`apt of this machine knows no mirror of ${release}: add one to its sources`);
  }
  return uris;
}

/** Proxies and the like; what apt does after its work is not for other directories. */
async function machineSettings(): Promise<string> {
  const { stdout } = await execute('apt-config', ['dump']);
  return stdout
    .split('\n')
    .filter((line) => /^Acquire::(?:http|https|Check|Force|Retries)/.test(line))
    .join('\n');
}

async function prepare(
  place: string,
  releases: readonly string[],
  { uris, settings }: { readonly uris: ReadonlyMap<string, string>; readonly settings: string },
): Promise<void> {
  for (const name of ['lists/partial', 'archives/partial'])
    await mkdir(join(place, name), { recursive: true });
  await writeFile(
    join(place, 'sources.list'),
    releases.map((release) => `deb ${uris.get(release)} ${release} main\n`).join(''),
  );
  const common = `${settings}
Acquire::Languages "none";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Dpkg::Use-Pty "false";
Binary::apt::APT::Keep-Downloaded-Packages "true";
APT::Keep-Downloaded-Packages "true";
`;
  await writeFile(join(place, 'inside.conf'), common);
  await writeFile(
    join(place, 'outside.conf'),
    `${common}Dir::Etc::parts "/nonexistent";
Dir::Etc::main "/nonexistent";
Dir::Etc::sourceparts "/nonexistent";
Dir::Etc::sourcelist "${place}/sources.list";
Dir::State::lists "${place}/lists";
Dir::State::status "/dev/null";
Dir::Cache::archives "${place}/archives";
`,
  );
}

async function apt(
  place: string,
  [program, ...parameters]: readonly [string, ...string[]],
  directory: string,
): Promise<string> {
  const { stdout } = await execute(program, parameters, {
    cwd: directory,
    env: { ...process.env, APT_CONFIG: join(place, 'outside.conf') },
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}

function volumesOf(place: string): readonly string[] {
  return [
    `${place}/sources.list:/etc/apt/sources.list:ro`,
    `${place}/inside.conf:/etc/apt/apt.conf.d/99tests:ro`,
    `${place}/lists:/var/lib/apt/lists`,
    `${place}/archives:/var/cache/apt/archives`,
  ];
}

async function stateIn(lists: string): Promise<string> {
  const names = (await readdir(lists)).filter((name) => name.endsWith('InRelease')).toSorted();
  if (names.length === 0) throw new Error('apt got no lists of packages: is its mirror reachable?');
  const hash = createHash('sha256');
  for (const name of names) hash.update(await readFile(join(lists, name)));
  return hash.digest('hex');
}
