import type { Package } from '../../src/model/index.ts';
import { seeded } from '../generated-addresses.ts';

/** One list as it lies in the content store, and what it is about. */
export interface GeneratedList {
  readonly list: string;
  readonly image: string;
  /** `PackageList.packages` as JSON. */
  readonly json: string;
}

export const IMAGES = 50_000;
export const LISTS = 60_000;

/**
 * Images as an organisation has them: distributions of which each has snapshots of its archive, language
 * bases on them, and applications whose libraries are as popular as words are (Zipf). Every sixth
 * image has a second list, somebody else's, which knows no layers. About 300 packages in each.
 */
export function* generatedLists(images = IMAGES, lists = LISTS): Generator<GeneratedList> {
  const random = seeded(3);
  const bases = Array.from({ length: DISTRIBUTIONS.length * SNAPSHOTS }, (_, base) => baseOf(base, random));
  for (let image = 0; image < images; image++) {
    const id = imageId(image);
    const base = bases[Math.floor(random() ** 2 * bases.length)] ?? [];
    const middle = Math.floor(random() * 4);
    const inherited = base.slice(0, middle + 1).flat();
    const libraries = librariesOf(random, middle + 1);
    yield { list: `${id}/read`, image: id, json: `[${[...inherited, ...libraries].join()}]` };
    if (image % Math.floor(images / (lists - images)) !== 0) continue;
    const foreign = [...inherited, ...libraries].map((text) => text.replace(LAYER_AND_PATH, FOREIGN));
    yield { list: `${id}/cyclonedx`, image: id, json: `[${foreign.join()}]` };
  }
}

export function imageId(image: number): string {
  return `sha256:${image.toString(16).padStart(64, '0')}`;
}

/** Of a package that many have. */
export const POPULAR = { ecosystem: 'Debian:12', name: 'library-3' } as const;

/** A name and a version of a library, more often one that many have. */
export function anyLibrary(random: () => number): { ecosystem: string; name: string; version: string } {
  if (random() < 0.4) {
    const ecosystem = DISTRIBUTIONS[Math.floor(random() * DISTRIBUTIONS.length)]?.ecosystem ?? '';
    return {
      ecosystem,
      name: `library-${Math.floor(random() * 150)}`,
      version: `1.0-${Math.floor(random() * SNAPSHOTS)}`,
    };
  }
  const number = popular(random);
  return {
    ecosystem: LANGUAGES[number % LANGUAGES.length] ?? '',
    name: `package-${number}`,
    version: versionOf(random),
  };
}

const DISTRIBUTIONS = [
  { ecosystem: 'Debian:11', type: 'deb/debian', readBy: 'dpkg', path: '/var/lib/dpkg/status' },
  { ecosystem: 'Debian:12', type: 'deb/debian', readBy: 'dpkg', path: '/var/lib/dpkg/status' },
  { ecosystem: 'Ubuntu:22.04:LTS', type: 'deb/ubuntu', readBy: 'dpkg', path: '/var/lib/dpkg/status' },
  { ecosystem: 'Ubuntu:24.04:LTS', type: 'deb/ubuntu', readBy: 'dpkg', path: '/var/lib/dpkg/status' },
  { ecosystem: 'Alpine:v3.19', type: 'apk/alpine', readBy: 'apk', path: '/lib/apk/db/installed' },
  {
    ecosystem: 'Red Hat:enterprise_linux:9',
    type: 'rpm/redhat',
    readBy: 'rpm',
    path: '/var/lib/rpm/rpmdb.sqlite',
  },
] as const;
/** Of each distribution's archive. */
const SNAPSHOTS = 40;
const LANGUAGES: readonly string[] = ['npm', 'PyPI', 'Maven', 'Go'];
const LIBRARY_NAMES = 100_000;
const LAYER_AND_PATH = /"layer":\d+,"path":"[^"]*"/;
const FOREIGN = '"layer":null,"path":null';

/** A base and three language bases on it, each a list of packages as JSON. */
function baseOf(base: number, random: () => number): readonly (readonly string[])[] {
  const distribution = DISTRIBUTIONS[base % DISTRIBUTIONS.length] ?? DISTRIBUTIONS[0];
  const snapshot = Math.floor(base / DISTRIBUTIONS.length);
  return [110, 20, 30, 40].map((size, layer) =>
    Array.from({ length: size }, (_, index) => {
      const number = layer * 200 + index;
      const version = `1.0-${Math.floor(snapshot * (0.2 + 0.8 * random()))}`;
      const source = { name: `source-${Math.floor(number / 3)}`, version };
      const purl = `pkg:${distribution.type}/library-${number}@${version}?arch=amd64`;
      const { ecosystem, path, readBy } = distribution;
      const entry: Package = {
        purl,
        ecosystem,
        name: `library-${number}`,
        version,
        source,
        layer,
        path,
        readBy,
      };
      return JSON.stringify(entry);
    }),
  );
}

function librariesOf(random: () => number, layer: number): readonly string[] {
  const libraries: string[] = [];
  const language = Math.floor(random() * LANGUAGES.length);
  const size = 50 + Math.floor(random() * 240);
  // A file says one version: no name is there twice.
  const numbers = new Set<number>();
  while (numbers.size < size)
    numbers.add(Math.floor(popular(random) / LANGUAGES.length) * LANGUAGES.length + language);
  for (const number of numbers) {
    const name = `package-${number}`;
    const version = versionOf(random);
    const entry: Package = {
      purl: `pkg:${(LANGUAGES[language] ?? '').toLowerCase()}/${name}@${version}`,
      ecosystem: LANGUAGES[language] ?? null,
      name,
      version,
      source: null,
      layer,
      path: `/app/node_modules/${name}/package.json`,
      readBy: 'npm',
    };
    libraries.push(JSON.stringify(entry));
  }
  return libraries;
}

/** Zipf with an exponent near one: the k-th name is as popular as 1/k. */
function popular(random: () => number): number {
  return Math.floor(LIBRARY_NAMES ** random()) - 1;
}

/** Of 30 versions in use, newer ones more often: half of them are among the last four. */
function versionOf(random: () => number): string {
  const age = Math.floor(30 * random() ** 3);
  return `${3 - Math.floor(age / 10)}.${9 - (age % 10)}.0`;
}
