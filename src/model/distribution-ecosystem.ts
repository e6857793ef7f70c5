import type { Distribution } from './package.ts';

/**
 * The OSV ecosystem of a distribution's packages, with its release. Null: OSV has none for it (Amazon
 * Linux, Oracle Linux, Fedora). A Red Hat release is only the product's (`Red Hat:enterprise_linux:9`),
 * because an image does not tell the repository that each package came from.
 */
export function ecosystemOfDistribution(distribution: Distribution): string | null {
  const { id, versionId, name } = distribution;
  const rule = Object.hasOwn(RULES, id) ? RULES[id] : undefined;
  if (rule === undefined) return null;
  const [ecosystem, releaseOf] = rule;
  return [ecosystem, releaseOf(versionId ?? '', name)].filter(Boolean).join(':');
}

/** `debian-12`, `alpine-3.19.1`, `rhel-9.3`, `bookworm`: the `distro` qualifier that list makers write. */
export function distributionOfQualifier(text: string): Distribution {
  const [, numbered, number] = /^(.+?)-v?(\d[\w.-]*)$/.exec(text) ?? [];
  if (numbered !== undefined && number !== undefined)
    return { id: numbered.toLowerCase(), versionId: number, name: text };
  const whole = { id: text.toLowerCase(), versionId: null, name: text };
  // `opensuse-leap` is an id with a dash in it.
  if (Object.hasOwn(RULES, whole.id)) return whole;
  const [, id, release = whole.id] = /^(.+)-(\w+)$/.exec(whole.id) ?? [];
  const known = Object.hasOwn(CODENAMES, release) ? CODENAMES[release] : undefined;
  if (known !== undefined) return { ...whole, id: id ?? known[0], versionId: known[1] };
  // `alpine-edge`, `alpaquita-stream`
  return id !== undefined && Object.hasOwn(RULES, id) ? { ...whole, id, versionId: release } : whole;
}

/** From the version and the whole name, what stands after the ecosystem's colon; empty: nothing does. */
type ReleaseOf = (version: string, name: string) => string;

/** Testing and unstable have no number; both carry the next release's code name. */
const DEBIAN_CODENAMES: Readonly<Record<string, string>> = {
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
};

const UBUNTU_CODENAMES: Readonly<Record<string, string>> = {
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  noble: '24.04',
  oracular: '24.10',
  plucky: '25.04',
  questing: '25.10',
  resolute: '26.04',
};

const CODENAMES: Readonly<Record<string, readonly [distribution: string, release: string]>> = {
  ...codenamesOf('debian', DEBIAN_CODENAMES),
  ...codenamesOf('ubuntu', UBUNTU_CODENAMES),
};

function codenamesOf(
  distribution: string,
  releases: Readonly<Record<string, string>>,
): Record<string, readonly [string, string]> {
  return Object.fromEntries(
    Object.entries(releases).map(([codename, release]) => [codename, [distribution, release]]),
  );
}

const all: ReleaseOf = (version) => version;
const major: ReleaseOf = (version) => version.split('.', 1)[0] ?? '';
const none: ReleaseOf = () => '';

/** By the id of os-release, and by the namespace of package URLs where that is another word. */
const RULES: Readonly<Record<string, readonly [ecosystem: string, releaseOf: ReleaseOf]>> = {
  debian: ['Debian', debian],
  ubuntu: ['Ubuntu', ubuntu],
  // Their own builds of Debian's packages, of one rolling release.
  echo: ['Echo', none],
  alpine: ['Alpine', alpine],
  alpaquita: ['Alpaquita', major],
  'bellsoft-hardened-containers': ['BellSoft Hardened Containers', major],
  chainguard: ['Chainguard', none],
  cleanstart: ['CleanStart', none],
  clnstrt: ['CleanStart', none],
  minimos: ['MinimOS', none],
  wolfi: ['Wolfi', none],
  rhel: ['Red Hat:enterprise_linux', major],
  redhat: ['Red Hat:enterprise_linux', major],
  almalinux: ['AlmaLinux', major],
  rocky: ['Rocky Linux', major],
  rockylinux: ['Rocky Linux', major],
  azurelinux: ['Azure Linux', major],
  mariner: ['Azure Linux', major],
  mageia: ['Mageia', major],
  openeuler: ['openEuler', openEuler],
  photon: ['Photon OS', all],
  opensuse: ['openSUSE', openSuse('Leap')],
  'opensuse-leap': ['openSUSE', openSuse('Leap')],
  'opensuse-leap-micro': ['openSUSE', openSuse('Leap Micro')],
  'leap-micro': ['openSUSE', openSuse('Leap Micro')],
  'opensuse-tumbleweed': ['openSUSE', () => 'Tumbleweed'],
  'opensuse-microos': ['openSUSE', () => 'Tumbleweed'],
  suse: ['SUSE', suse('Linux Enterprise Server')],
  sles: ['SUSE', suse('Linux Enterprise Server')],
  sles_sap: ['SUSE', suse('Linux Enterprise Server for SAP Applications')],
  sled: ['SUSE', suse('Linux Enterprise Desktop')],
  sle_hpc: ['SUSE', suse('Linux Enterprise High Performance Computing')],
  'suse-microos': ['SUSE', suse('Linux Enterprise Micro')],
  'sle-micro': ['SUSE', suse('Linux Enterprise Micro')],
  'sl-micro': ['SUSE', suse('Linux Micro')],
};

function debian(version: string, name: string): string {
  if (version !== '') return version.split('.', 1)[0] ?? '';
  const codename = /\b([a-z]+)(?:\/sid)?$/.exec(name)?.[1] ?? '';
  return DEBIAN_CODENAMES[codename] ?? '';
}

function ubuntu(version: string): string {
  const [, year, month] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (year === undefined || month === undefined) return '';
  const isLongTerm = Number(year) % 2 === 0 && month === '04';
  return `${year}.${month}${isLongTerm ? ':LTS' : ''}`;
}

function alpine(version: string): string {
  const [, release] = /^(\d+\.\d+)/.exec(version) ?? [];
  // Edge calls itself by the date of its build: `3.20_alpha20240329`.
  return release === undefined || version.includes('_alpha') ? '' : `v${release}`;
}

/** Only the name tells service packs: `openEuler 24.03 (LTS-SP1)` is `24.03-LTS-SP1`. */
function openEuler(version: string, name: string): string {
  const [, release, pack] = /^openEuler[ -](\d+\.\d+)(?:[ -]\(?([\w -]+)\)?)?$/i.exec(name.trim()) ?? [];
  if (release === undefined) return version;
  return [release, ...(pack?.split(/[ -]+/) ?? [])].join('-');
}

function openSuse(product: string): ReleaseOf {
  return (version) => (version === '' ? '' : `${product} ${version}`);
}

/** OSV's releases are what the system calls itself, `SUSE Linux Enterprise Server 15 SP5`, without the first word. */
function suse(product: string): ReleaseOf {
  return (version, name) => {
    const [, own] = /^SUSE (Linux .+ \d+(?:\.\d+)?(?: SP\d+)?)$/.exec(name) ?? [];
    if (own !== undefined) return own;
    const [number, pack] = version.split('.');
    if (number === undefined || number === '') return '';
    // Up to 15 with service packs; from 16 on, and of Micro, with minor releases.
    if (product.endsWith('Micro') || Number(number) > 15) return `${product} ${version}`;
    return `${product} ${number}${pack === undefined || pack === '0' ? '' : ` SP${pack}`}`;
  };
}
