import type { FixImage, FixProblem, Holding, NewerBase } from '../../src/loops/patch/fix-plan/index.ts';
import { image as ordinaryImage } from '../../src/loops/patch/fix-plan/tables.fixture.ts';
import { seeded } from '../generated-addresses.ts';

export interface OrganisationOptions {
  readonly images: number;
  readonly seed: number;
  /**
   * `tree`: bases only. `shared`: also tools that are copied in, and next bases of each language that
   * are declared and not built yet, to which its applications can move. `tangled`: every application can
   * move to any three of these, whatever it is written in: harder than any real organisation.
   */
  readonly shape: 'tree' | 'shared' | 'tangled';
}

/**
 * The images of an organisation: three distributions that are not its own, a few bases of a platform
 * team, language bases, a base in some teams, and applications; held against several advisories.
 */
export function generatedOrganisation(options: OrganisationOptions): FixProblem {
  const random = seeded(options.seed);
  const images: FixImage[] = [];
  const shared = options.shape !== 'tree';
  const draft: Draft = { images, random, shape: options.shape, next: [] };
  for (const name of ['debian', 'alpine', 'ubi']) images.push(distribution(name, draft));
  for (let index = 0; index < 6; index++) images.push(platformBase(index, draft));
  for (let index = 0; index < 48; index++) images.push(languageBase(index, draft));
  if (shared) for (let index = 0; index < 24; index++) images.push(nextBase(index, draft));
  if (shared) for (let index = 0; index < 6; index++) images.push(tool(index, draft));
  for (let index = 0; index < 120; index++) images.push(teamBase(index, draft));
  while (images.length < options.images) images.push(application(images.length, draft));
  return { packages: PACKAGES, images };
}

const OPENSSL = 'pkg:deb/debian/openssl@3.0.11-1~deb12u1';
const LIBSSL = 'pkg:deb/debian/libssl3@3.0.11-1~deb12u1';
const ZLIB = 'pkg:deb/debian/zlib1g@1.2.13.dfsg-1';
const LODASH = 'pkg:npm/lodash@4.17.20';
const RUNTIME = 'pkg:generic/runtime@17.0.8';
const AGENT = 'pkg:golang/example.com/agent@1.4.0';

const PACKAGES = [
  { purl: OPENSSL, fixed: '3.0.11-1~deb12u2' },
  { purl: LIBSSL, fixed: '3.0.11-1~deb12u2' },
  { purl: ZLIB, fixed: null },
  { purl: LODASH, fixed: '4.17.21' },
  { purl: RUNTIME, fixed: '17.0.9' },
  { purl: AGENT, fixed: '1.4.1' },
];

interface Draft {
  readonly images: readonly FixImage[];
  readonly random: () => number;
  readonly shape: OrganisationOptions['shape'];
  /** Ids of the next language bases. */
  readonly next: string[];
}

function distribution(name: string, { random }: Draft): FixImage {
  const purls = name === 'debian' ? [OPENSSL, LIBSSL, ...(random() < 0.2 ? [ZLIB] : [])] : [];
  return {
    ...imageOf(name, null),
    buildSource: false,
    required: false,
    holdings: purls.map((purl) => held(purl, 'own')),
  };
}

function platformBase(index: number, draft: Draft): FixImage {
  const base = pick(draft.images.slice(0, 3), draft);
  return { ...imageOf(`platform-${index}`, 'platform'), ...from(base), holdings: inherited(base) };
}

/** Every fourth brings a runtime that was downloaded, every eighth lost its source. */
function languageBase(index: number, draft: Draft): FixImage {
  const base = pick(draft.images.slice(3, 9), draft);
  const own = index % 4 === 0 ? [held(RUNTIME, 'downloaded')] : [];
  return {
    ...imageOf(`language-${index}`, `language-${index % 8}`),
    ...from(base),
    buildSource: index % 8 !== 0,
    holdings: [...inherited(base), ...own],
  };
}

function nextBase(index: number, draft: Draft): FixImage {
  const image = {
    ...imageOf(`language-next-${index}`, `language-${index % 8}`),
    built: false,
    required: false,
    holdings: index % 3 === 0 ? [held(RUNTIME, 'downloaded')] : [],
  };
  draft.next.push(image.id);
  return image;
}

function tool(index: number, { random }: Draft): FixImage {
  const holdings = [held(AGENT, random() < 0.5 ? 'own' : 'refetched')];
  return { ...imageOf(`tool-${index}`, `tools-${index % 2}`), buildSource: index !== 0, holdings };
}

function teamBase(index: number, draft: Draft): FixImage {
  const base = pick(draft.images.slice(9, 57), draft);
  return {
    ...application(index, draft),
    ...imageOf(`team-base-${index}`, `team-${index % 100}`),
    ...from(base),
  };
}

/** From a language base, or from the base of its team where there is one. */
function application(index: number, draft: Draft): FixImage {
  const { random, images, shape } = draft;
  const bases = images.slice(9, 57);
  const team = Math.floor(random() * 100);
  const own = images.find(({ name }) => name === `team-base-${team}`);
  const base = own !== undefined && random() < 0.4 ? own : pick(bases, draft);
  const copied = shape !== 'tree' && random() < 0.15 ? pick(images.slice(81, 87), draft) : null;
  return {
    ...imageOf(`application-${index}`, `team-${team}`),
    ...from(base, random() < 0.1),
    buildSource: random() < 0.97,
    required: random() < 0.6,
    upgrades: random() < 0.8,
    newerBases: shape !== 'tree' && random() < 0.3 ? someNext((images.indexOf(base) - 9) % 8, draft) : [],
    copiesFrom: copied === null ? [] : [copied.id],
    holdings: [
      ...inherited(base),
      ...(random() < 0.12 ? [held(LODASH, random() < 0.7 ? 'own' : 'refetched')] : []),
      ...(copied === null
        ? []
        : [{ purl: AGENT, layer: 5, origin: { kind: 'copied', from: copied.id } } as const]),
    ],
  };
}

/** Up to three, of one of eight languages or of all. */
function someNext(language: number, draft: Draft): readonly NewerBase[] {
  const choice = draft.next.filter((_, index) => draft.shape === 'tangled' || index % 8 === language);
  const ids = new Set(Array.from({ length: 3 }, () => pick(choice, draft)));
  return [...ids].map((id) => ({ id, sameReference: false }));
}

const imageOf = (name: string, team: string | null): FixImage =>
  ordinaryImage(name, { id: `sha256:${name}`, team });

const from = ({ id }: FixImage, pinned = false): Pick<FixImage, 'base'> => ({
  base: { kind: 'image', id, pinned },
});

function inherited({ holdings }: FixImage): readonly Holding[] {
  return [...new Set(holdings.map(({ purl }) => purl))].map((purl) => held(purl, 'base'));
}

const held = (purl: string, kind: 'own' | 'refetched' | 'downloaded' | 'base'): Holding => ({
  purl,
  layer: kind === 'base' ? 0 : 3,
  origin: { kind },
});

function pick<T>(list: readonly T[], { random }: Draft): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}
