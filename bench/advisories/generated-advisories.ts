import { seeded } from '../generated-addresses.ts';

interface Kind {
  /** Of a hundred records. */
  readonly share: number;
  readonly prefix: string;
  readonly ecosystem: string;
  readonly releases: readonly string[];
  readonly packages: number;
  readonly type: 'ECOSYSTEM' | 'SEMVER';
  readonly version: (random: () => number) => string;
  /** How many versions are enumerated, on average. */
  readonly versions: number;
}

const numbers = (random: () => number): string =>
  `${Math.floor(random() * 9)}.${Math.floor(random() * 30)}.${Math.floor(random() * 20)}`;
const debian = (random: () => number): string => `${numbers(random)}-${Math.floor(random() * 9)}+deb12u1`;

/** About the shares that osv.dev publishes, with a tenth of its malicious packages. */
const KINDS: readonly Kind[] = [
  {
    share: 30,
    prefix: 'DEBIAN-CVE',
    ecosystem: 'Debian',
    releases: [':11', ':12', ':13', ':14'],
    packages: 12_000,
    type: 'ECOSYSTEM',
    version: debian,
    versions: 6,
  },
  {
    share: 24,
    prefix: 'UBUNTU-CVE',
    ecosystem: 'Ubuntu',
    releases: [':20.04:LTS', ':22.04:LTS', ':24.04:LTS'],
    packages: 12_000,
    type: 'ECOSYSTEM',
    version: debian,
    versions: 8,
  },
  {
    share: 10,
    prefix: 'RHSA',
    ecosystem: 'Red Hat',
    releases: [':enterprise_linux:9::baseos', ':enterprise_linux:9::appstream'],
    packages: 6000,
    type: 'ECOSYSTEM',
    version: debian,
    versions: 0,
  },
  {
    share: 9,
    prefix: 'SUSE-SU',
    ecosystem: 'SUSE',
    releases: [':Linux Enterprise Server 15 SP5'],
    packages: 6000,
    type: 'ECOSYSTEM',
    version: debian,
    versions: 0,
  },
  {
    share: 9,
    prefix: 'MAL',
    ecosystem: 'npm',
    releases: [''],
    packages: 90_000,
    type: 'SEMVER',
    version: numbers,
    versions: 3,
  },
  {
    share: 5,
    prefix: 'GHSA',
    ecosystem: 'npm',
    releases: [''],
    packages: 9000,
    type: 'SEMVER',
    version: numbers,
    versions: 0,
  },
  {
    share: 4,
    prefix: 'PYSEC',
    ecosystem: 'PyPI',
    releases: [''],
    packages: 5000,
    type: 'ECOSYSTEM',
    version: numbers,
    versions: 40,
  },
  {
    share: 4,
    prefix: 'GHSA',
    ecosystem: 'Maven',
    releases: [''],
    packages: 5000,
    type: 'ECOSYSTEM',
    version: numbers,
    versions: 30,
  },
  {
    share: 3,
    prefix: 'GO',
    ecosystem: 'Go',
    releases: [''],
    packages: 4000,
    type: 'SEMVER',
    version: numbers,
    versions: 0,
  },
  {
    share: 2,
    prefix: 'ALPINE-CVE',
    ecosystem: 'Alpine',
    releases: [':v3.18', ':v3.19', ':v3.20'],
    packages: 3000,
    type: 'ECOSYSTEM',
    version: numbers,
    versions: 0,
  },
];

const WORDS =
  'a the of in to and by via could allow remote attacker arbitrary code execution denial service buffer overflow crafted request memory use after free integer heap stack pointer kernel driver module parser header packet file image library function component version before discovered flaw issue which leads when handling improper validation input user local privileges escalation cross site scripting injection path traversal information disclosure certificate session token'.split(
    ' ',
  );

/** One record in a hundred speaks of many packages, as those about a kernel or a browser engine do. */
const WIDE = 0.01;
const WIDE_PACKAGES_MAX = 150;
/** So many phrases, of which descriptions are made. */
const PHRASES = 30_000;
const PHRASE_WORDS = 8;

/**
 * Makes OSV records one after the other, the same for the same seed: most have 1 to 3 kB, as the compact
 * ones of Go's database (median 1.6 kB, 99th percentile 5.3 kB), one in a hundred has some 10 kB, and one
 * in ten thousand 100 kB or more, as Ubuntu's about kernels.
 */
export class AdvisoryGenerator {
  readonly #random: () => number;
  readonly #phrases: readonly string[];
  #sequence: number;

  /** `first`: the number of the first one, by which ids differ. */
  constructor(seed = 1, first = 0) {
    this.#sequence = first;
    const random = seeded(seed);
    this.#random = random;
    this.#phrases = Array.from({ length: PHRASES }, () => phrase(random));
  }

  /** A record as JSON in one line, without its end. */
  next(): string {
    const random = this.#random;
    const sequence = this.#sequence++;
    const kind = kindAt(random() * 100);
    const year = 2010 + Math.floor(random() * 16);
    const cve = `CVE-${year}-${10_000 + sequence}`;
    const modified = new Date(Date.UTC(year, 0, 1) + Math.floor(random() * 3e10)).toISOString();
    return JSON.stringify({
      schema_version: '1.7.3',
      id: `${kind.prefix}-${year}-${10_000 + sequence}`,
      modified,
      published: modified,
      ...(kind.prefix.endsWith('CVE') || kind.prefix === 'RHSA' ? { upstream: [cve] } : { aliases: [cve] }),
      ...(random() < 0.3 ? { summary: this.#text(1) } : {}),
      details: this.#text(5 + Math.floor(random() * 15)),
      ...(random() < 0.7 ? { severity: [{ type: 'CVSS_V3', score: vector(random) }] } : {}),
      affected: affectedOf(kind, random),
      references: [
        { type: 'ADVISORY', url: `https://nvd.example/vuln/detail/${cve}` },
        { type: 'WEB', url: `https://lists.example/announce/${hex(random)}` },
        { type: 'FIX', url: `https://git.example/commit/${hex(random)}${hex(random)}` },
      ],
      database_specific: {
        source: `https://osv.example/${cve}.json`,
        cwe_ids: [`CWE-${Math.floor(random() * 900)}`],
      },
    });
  }

  #text(phrases: number): string {
    const any = (): string => this.#phrases[Math.floor(this.#random() * PHRASES)] ?? '';
    return Array.from({ length: phrases }, any).join(' ');
  }
}

function kindAt(place: number): Kind {
  let until = 0;
  for (const kind of KINDS) {
    until += kind.share;
    if (place < until) return kind;
  }
  // The shares sum up to a hundred, and there is a first kind.
  return KINDS[0] as Kind;
}

function affectedOf(kind: Kind, random: () => number): readonly unknown[] {
  const packages = random() < WIDE ? Math.min(WIDE_PACKAGES_MAX, Math.ceil(4 / random() ** 0.7)) : 1;
  return Array.from({ length: packages }, () => entriesOf(kind, random)).flat();
}

/** A package, in every release. */
function entriesOf(kind: Kind, random: () => number): readonly unknown[] {
  const name = `${WORDS[Math.floor(random() ** 2 * WORDS.length)]}-${Math.floor(random() ** 2 * kind.packages)}`;
  return kind.releases.map((release) => ({
    package: {
      ecosystem: `${kind.ecosystem}${release}`,
      name: kind.ecosystem === 'Maven' ? `org.example:${name}` : name,
      purl: `pkg:generic/${name}`,
    },
    ranges: [
      {
        type: kind.type,
        events: [{ introduced: '0' }, ...(random() < 0.7 ? [{ fixed: kind.version(random) }] : [])],
      },
    ],
    versions: Array.from({ length: Math.floor(random() * 2 * kind.versions) }, () => kind.version(random)),
    ecosystem_specific: { urgency: random() < 0.5 ? 'low' : 'not yet assigned' },
  }));
}

function phrase(random: () => number): string {
  return Array.from({ length: PHRASE_WORDS }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
}

function hex(random: () => number): string {
  return Math.floor(random() * 2 ** 48).toString(16);
}

function vector(random: () => number): string {
  const one = (values: string): string => values.charAt(Math.floor(random() * values.length));
  return `CVSS:3.1/AV:${one('NALP')}/AC:${one('LH')}/PR:${one('NLH')}/UI:${one('NR')}/S:${one('UC')}/C:${one('NLH')}/I:${one('NLH')}/A:${one('NLH')}`;
}
