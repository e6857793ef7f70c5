import type {
  AffectedAnswer,
  CaseAnswer,
  FixPlanAnswer,
  ImageNodeAnswer,
  OriginAnswer,
  PackageListAnswer,
  ProofAnswer,
} from '#model';

/** A vulnerability in the shop, as the patch loop would answer about it at NOW of the shop's answers. */
export const CVE = 'CVE-2026-31337';

const digest = (digits: string): string => `sha256:${digits.repeat(32)}`;

const BASE = digest('b0');
const CHECKOUT = digest('c1');
const WEB = digest('c2');
const LEGACY = digest('1e');
export const OPENSSL = 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64';
export const FIXED = '3.0.22-1~deb12u2';

const origin: OriginAnswer = {
  kind: 'base',
  image: BASE,
  imageName: 'base-debian:12',
  layer: 0,
  instruction: null,
};

const opensslPackage = {
  purl: OPENSSL,
  ecosystem: 'Debian:12',
  name: 'libssl3',
  version: '3.0.11-1~deb12u2',
  source: { name: 'openssl', version: '3.0.11-1~deb12u2' },
};

export const imageNodes: readonly ImageNodeAnswer[] = [
  {
    id: BASE,
    name: 'base-debian:12',
    team: 'platform',
    hasBuildSource: true,
    instances: 0,
    packages: 88,
    base: null,
    copiesFrom: [],
  },
  {
    id: CHECKOUT,
    name: 'checkout:2.4',
    team: 'payments',
    hasBuildSource: true,
    instances: 12,
    packages: 140,
    base: { id: BASE, name: 'base-debian:12', upToLayer: 0, known: 'build-source', evidence: 'observed' },
    copiesFrom: [{ id: null, name: 'builder', known: 'build-source' }],
  },
  {
    id: WEB,
    name: 'web:1',
    team: 'shop',
    hasBuildSource: true,
    instances: 9,
    packages: null,
    base: { id: BASE, name: 'base-debian:12', upToLayer: 0, known: 'annotation', evidence: 'observed' },
    copiesFrom: [],
  },
  {
    id: null,
    name: 'web-debug:1',
    team: 'shop',
    hasBuildSource: true,
    instances: 0,
    packages: null,
    base: { id: WEB, name: 'web:1', upToLayer: null, known: 'build-source', evidence: 'declared' },
    copiesFrom: [],
  },
  {
    id: LEGACY,
    name: 'legacy-java:8',
    team: null,
    hasBuildSource: false,
    instances: 1,
    packages: 60,
    base: { id: null, name: 'debian:11', upToLayer: null, known: 'annotation', evidence: 'declared' },
    copiesFrom: [],
  },
];

export const packageList: PackageListAnswer = {
  image: CHECKOUT,
  names: ['checkout:2.4'],
  instance: null,
  distribution: 'Debian 12',
  lists: [
    {
      origin: 'read',
      from: 'podman',
      tool: null,
      at: '2026-11-22T08:28:00.000Z',
      packages: 2,
      used: true,
    },
    {
      origin: 'cyclonedx',
      from: 'file:checkout.cdx.json',
      tool: 'syft 1.2',
      at: '2026-11-21T08:30:00.000Z',
      packages: 1,
      used: false,
    },
  ],
  disagreements: [{ purl: 'pkg:npm/left-pad@1.3.0', onlyIn: 'read' }],
  packages: [
    { ...opensslPackage, readBy: 'dpkg', path: 'var/lib/dpkg/status', origin },
    {
      purl: 'pkg:npm/left-pad@1.3.0',
      ecosystem: 'npm',
      name: 'left-pad',
      version: '1.3.0',
      source: null,
      readBy: 'npm',
      path: 'app/node_modules/left-pad/package.json',
      origin: { kind: 'own', image: CHECKOUT, imageName: 'checkout:2.4', layer: 3, instruction: null },
    },
  ],
  unread: [{ path: 'usr/share/java/broken.jar', reason: 'it is no zip' }],
};

export const affected: AffectedAnswer = {
  question: CVE,
  kind: 'vulnerability',
  at: null,
  liveFiles: null,
  id: CVE,
  aliases: ['DSA-5999-1'],
  summary: 'out of bounds write in the handshake',
  severity: 'high',
  score: 8.1,
  published: '2026-11-20T08:30:00.000Z',
  withdrawn: null,
  packages: [
    {
      ...opensslPackage,
      matches: [{ advisory: 'DSA-5999-1', basis: `introduced 0, fixed ${FIXED}`, fixed: FIXED }],
      images: 3,
    },
  ],
  groups: [
    {
      service: 'production/shop/checkout',
      team: 'payments',
      environment: 'production',
      instances: Array.from({ length: 12 }, (_, index) => ({
        id: `container/${index}`,
        name: `checkout-${index}`,
        node: 'node-2',
      })),
      excused: 2,
      dueAt: '2026-11-27T08:30:00.000Z',
    },
    {
      service: 'test/shop/web',
      team: 'shop',
      environment: 'test',
      instances: [{ id: 'container/21', name: 'web-1', node: 'node-3' }],
      excused: 0,
      dueAt: '2026-11-21T08:30:00.000Z',
    },
    {
      service: null,
      team: null,
      environment: null,
      instances: [{ id: 'container/31', name: 'legacy-1', node: 'node-3' }],
      excused: 0,
      dueAt: null,
    },
  ],
  images: [
    {
      id: CHECKOUT,
      name: 'checkout:2.4',
      team: 'payments',
      instances: 12,
      packages: [OPENSSL],
      broughtInBy: [origin],
      excused: {
        by: 'vex',
        author: 'security@example.org',
        reason: 'vulnerable code not present',
        until: null,
      },
    },
    {
      id: WEB,
      name: 'web:1',
      team: 'shop',
      instances: 1,
      packages: [OPENSSL],
      broughtInBy: [origin],
      excused: null,
    },
    {
      id: LEGACY,
      name: 'legacy-java:8',
      team: null,
      instances: 1,
      packages: [OPENSSL],
      broughtInBy: [
        { kind: 'unknown', image: LEGACY, imageName: 'legacy-java:8', layer: null, instruction: null },
      ],
      excused: null,
    },
  ],
  instances: 14,
  excused: 2,
  teams: ['payments', 'shop'],
  environments: { production: 12, test: 1, unknown: 1 },
  notLookedAt: [{ image: 'vendor/appliance:3', reason: 'the engine gave no layers', instances: 2 }],
  reason: null,
};

export const nobodyAffected: AffectedAnswer = {
  ...affected,
  packages: [],
  groups: [],
  images: [],
  instances: 0,
  excused: 0,
  teams: [],
  environments: {},
  notLookedAt: [],
  reason: 'no image that is known holds it',
};

export const fixPlan: FixPlanAnswer = {
  id: CVE,
  fixPoints: [
    {
      image: BASE,
      name: 'base-debian:12',
      team: 'platform',
      change: 'own-source',
      to: null,
      packages: [{ purl: OPENSSL, fixed: FIXED, layer: 0 }],
      reason: 'its layer 1 brings libssl3 into 2 images',
    },
  ],
  levels: [
    [{ image: BASE, name: 'base-debian:12', team: 'platform', instances: 0, reason: 'its source changes' }],
    [
      {
        image: CHECKOUT,
        name: 'checkout:2.4',
        team: 'payments',
        instances: 12,
        reason: 'built upon base-debian:12',
      },
      { image: WEB, name: 'web:1', team: 'shop', instances: 9, reason: 'built upon base-debian:12' },
    ],
  ],
  restarts: [{ image: digest('5e'), name: 'search:3', to: digest('5f'), instances: 3 }],
  unfixable: [
    {
      image: LEGACY,
      name: 'legacy-java:8',
      team: null,
      purl: OPENSSL,
      why: 'no-build-source',
      explanation: "legacy-java:8 has no build source, so it can't be built without libssl3",
      instances: 1,
    },
  ],
  teams: ['payments', 'platform', 'shop'],
  optimal: true,
  explored: 3,
};

export const openCase: CaseAnswer = {
  vulnerability: CVE,
  aliases: ['DSA-5999-1'],
  state: 'open',
  severity: 'high',
  summary: 'out of bounds write in the handshake',
  openedAt: '2026-11-20T08:30:00.000Z',
  closedAt: null,
  reopened: 1,
  dueAt: '2026-11-21T08:30:00.000Z',
  overdue: true,
  owners: ['payments', 'shop'],
  environments: ['production', 'test'],
  instances: 14,
  excused: 2,
  timeline: [
    { at: '2026-11-20T08:30:00.000Z', what: 'published', actor: null },
    { at: '2026-11-22T08:10:00.000Z', what: 'open: 14 instances hold it', actor: 'patch' },
  ],
};

export const proof: ProofAnswer = {
  id: CVE,
  at: '2026-11-22T08:30:00.000Z',
  proven: false,
  holding: [
    {
      instance: 'container/99',
      name: 'billing-batch-2',
      node: 'node-3',
      service: 'production/shop/billing',
      team: 'payments',
      image: digest('77'),
      since: '2026-11-22T07:41:00.000Z',
      packages: [OPENSSL],
      basis: 'live-files',
      note: 'started from billing:1 as it was before',
    },
  ],
  looked: [
    {
      instance: 'container/1',
      basis: 'live-files',
      at: '2026-11-22T08:30:00.000Z',
      found: [`libssl3 ${FIXED}`],
    },
    {
      instance: 'container/2',
      basis: 'image-digest',
      at: '2026-11-22T08:30:00.000Z',
      found: [`libssl3 ${FIXED}`],
    },
  ],
  notLooked: [{ instance: 'process/3f2a9c11/812/10422', reason: 'it runs on node-9' }],
  others: 20,
};
