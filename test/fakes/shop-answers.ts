import type {
  AuditRecord,
  CallAnswer,
  Candidate,
  CapabilityAnswer,
  ExternalAnswer,
  FlowAnswer,
  HistoryEntry,
  ImageAnswer,
  InstanceAnswer,
  LintFinding,
  NextStep,
  NodeAnswer,
  ServiceAnswer,
  SourceAnswer,
  StatusAnswer,
  TeamAnswer,
  WhoisAnswer,
} from '#model';

/** A small shop, as the adopt loop would answer about it at {@link NOW}. */
export const NOW = Date.parse('2026-11-22T08:30:00.000Z');

const CHECKOUT_IMAGE = 'sha256:9a1e6c1f0b7d4e5a8c3b2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a';
const CHECKOUT_CONTAINER = 'container/7f9c4b2a1d3e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';
const SCOPE = 'network/node-2/podman';

export const checkoutService: ServiceAnswer = {
  id: 'production/shop/checkout',
  name: 'checkout',
  application: 'shop',
  environment: 'production',
  team: 'payments',
  owner: {
    team: 'payments',
    basis: 'declared',
    location: 'sheer.yaml:14',
    overruled: [{ team: 'web', basis: 'label', location: 'owner=web' }],
  },
  evidence: ['declared', 'observed'],
  derivedFrom: 'selector',
  instances: 2,
  images: [`checkout@${CHECKOUT_IMAGE}`],
  ports: [8080],
};

export const workerService: ServiceAnswer = {
  ...checkoutService,
  id: 'production/shop/worker',
  name: 'worker',
  team: null,
  owner: null,
  evidence: ['observed'],
  derivedFrom: 'compose',
  instances: 1,
  images: [],
  ports: [],
};

export const checkoutInstance: InstanceAnswer = {
  id: CHECKOUT_CONTAINER,
  name: 'checkout-7f9c4',
  kind: 'container',
  engine: 'podman',
  state: 'running',
  service: 'production/shop/checkout',
  team: 'payments',
  environment: 'production',
  conflict: [],
  node: 'node-2',
  pid: 4711,
  executable: null,
  unit: null,
  images: [{ name: 'localhost/checkout:2.4', id: CHECKOUT_IMAGE }],
  addresses: [{ scope: SCOPE, ip: '10.42.3.7', port: null }],
  addressMissing: null,
  labels: { 'com.docker.compose.service': 'checkout' },
  since: '2026-11-22T02:11:04.311Z',
  until: null,
  evidence: 'observed',
  source: 'podman',
};

export const redisProcess: InstanceAnswer = {
  ...checkoutInstance,
  id: 'process/3f2a9c11/812/10422',
  name: 'redis-server 812',
  kind: 'process',
  engine: 'processes',
  service: 'default/redis/redis',
  team: null,
  environment: 'default',
  node: 'node-2',
  pid: 812,
  executable: '/usr/bin/redis-server',
  unit: 'redis-server.service',
  images: [],
  addresses: [],
  addressMissing: 'gone-before-it-could-be-read',
  labels: {},
  source: 'processes',
};

export const node: NodeAnswer = {
  id: 'node-2',
  os: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.18.0',
  architecture: 'x64',
  cpus: 2,
  memoryBytes: 4_200_000_000,
  addresses: ['192.168.7.2'],
  instances: 43,
  since: '2026-11-22T00:00:00.000Z',
};

export const image: ImageAnswer = {
  id: CHECKOUT_IMAGE,
  names: ['localhost/checkout:2.4'],
  digests: [],
  layers: 7,
  sizeBytes: 84_000_000,
  created: '2026-11-20T10:00:00.000Z',
  platform: 'linux/amd64',
  instances: 2,
  services: ['production/shop/checkout'],
};

export const team: TeamAnswer = {
  id: 'payments',
  name: 'Payments',
  contact: '#payments',
  declared: true,
  services: ['production/shop/checkout'],
  externals: ['card-gateway'],
};

export const external: ExternalAnswer = {
  id: 'card-gateway',
  name: 'card-gateway',
  team: 'payments',
  addresses: ['203.0.113.0/24'],
  declared: true,
  callers: ['checkout'],
};

export const call: CallAnswer = {
  from: 'web',
  to: 'orders-db',
  fromId: 'production/shop/web',
  toId: 'production/shop/orders-db',
  port: 5432,
  protocol: 'tcp',
  evidence: ['observed'],
  connections: 1204,
  failed: 0,
  bytes: null,
  firstSeen: '2026-11-21T08:30:00.000Z',
  lastSeen: '2026-11-22T08:29:57.000Z',
  sources: ['tcp'],
};

const cartBefore: Candidate = {
  kind: 'instance',
  id: 'container/11',
  name: 'cart-1',
  service: 'production/shop/cart',
  team: 'shop',
  scope: SCOPE,
  since: '2026-11-22T01:50:00.000Z',
  until: '2026-11-22T01:58:20.000Z',
};

export const cartAfter: Candidate = {
  ...cartBefore,
  id: 'container/12',
  name: 'cart-2',
  since: '2026-11-22T02:20:00.000Z',
  until: '2026-11-22T04:00:00.000Z',
};

const searchAfter: Candidate = {
  ...cartBefore,
  id: 'container/13',
  name: 'search-1',
  service: 'production/shop/search',
  since: '2026-11-22T04:02:00.000Z',
  until: null,
};

export const certainWhois: WhoisAnswer = {
  address: '10.42.3.7',
  at: '2026-11-22T02:13:00.000Z',
  scope: SCOPE,
  kind: 'instance',
  instance: CHECKOUT_CONTAINER,
  instanceName: 'checkout-7f9c4',
  service: 'production/shop/checkout',
  team: 'payments',
  environment: 'production',
  node: 'node-2',
  image: `checkout@${CHECKOUT_IMAGE}`,
  external: null,
  since: '2026-11-22T02:11:04.311Z',
  until: '2026-11-22T02:19:37.902Z',
  evidence: 'observed',
  source: 'podman',
  confidence: 'certain',
  how: null,
  candidates: [],
  elsewhere: [],
  reason: null,
  explanation: null,
  before: cartBefore,
  after: [cartAfter, searchAfter],
};

export const unknownWhois: WhoisAnswer = {
  ...certainWhois,
  at: '2026-11-22T02:10:00.000Z',
  kind: 'unknown',
  instance: null,
  instanceName: null,
  service: null,
  team: null,
  environment: null,
  node: null,
  image: null,
  since: '2026-11-22T01:58:20.000Z',
  until: '2026-11-22T02:11:04.311Z',
  evidence: null,
  source: null,
  confidence: null,
  reason: 'nobody-held-it',
  explanation: 'no feed has a gap in that time, so the packet was sent to an address that was free',
  after: [],
};

export const ambiguousWhois: WhoisAnswer = {
  ...unknownWhois,
  kind: 'ambiguous',
  reason: null,
  explanation: 'podman was not heard between 01:58:20 and 02:11:04, and one of them held it then',
  candidates: [cartBefore, { ...cartAfter, since: '2026-11-22T02:09:00.000Z' }],
  before: null,
};

export const flow: FlowAnswer = {
  minute: '2026-11-22T08:29:00.000Z',
  from: {
    name: 'web',
    kind: 'service',
    instance: 'container/21',
    team: 'shop',
    scope: SCOPE,
    ip: '10.42.3.9',
    reason: null,
  },
  to: {
    name: 'unknown',
    kind: 'unknown',
    instance: null,
    team: null,
    scope: SCOPE,
    ip: '10.42.3.200',
    reason: 'nobody-held-it',
  },
  port: 5432,
  protocol: 'tcp',
  verdict: 'unanswered',
  connections: 3,
  bytes: null,
  firstSeen: '2026-11-22T08:29:01.000Z',
  lastSeen: '2026-11-22T08:29:40.000Z',
  source: 'tcp',
};

export const historyEntry: HistoryEntry = {
  stream: 'observations',
  position: 812,
  at: '2026-11-22T02:11:04.311Z',
  until: '2026-11-22T02:19:37.902Z',
  learnt: '2026-11-22T02:11:04.390Z',
  what: 'assert',
  kind: 'instance',
  subject: CHECKOUT_CONTAINER,
  summary: 'running on node-2',
  changes: [{ field: 'state', from: 'created', to: 'running' }],
  evidence: 'observed',
  source: 'podman',
  actor: null,
};

export const finding: LintFinding = {
  rule: 'no-owner',
  subject: 'production/shop/worker',
  message: 'worker has no owner',
  evidence: ['no label, CODEOWNERS line or catalog file names one'],
  next: 'sheer declare --suggest',
};

export const nextStep: NextStep = {
  service: 'production/shop/worker',
  step: 'give worker an owner',
  why: 'nobody would be called when it fails',
  evidence: ['checkout calls it 40 times a minute'],
  command: 'sheer declare --suggest',
};

export const sources: readonly SourceAnswer[] = [
  {
    id: 'podman',
    kind: 'engine',
    description: 'podman 4.3.1',
    state: 'live',
    reason: null,
    lost: 0,
    lastHeard: '2026-11-22T08:29:59.800Z',
    ageMs: 200,
    things: 12,
  },
  {
    id: 'conntrack',
    kind: 'sensor',
    description: 'conntrack events',
    state: 'inactive',
    reason: 'the program conntrack is missing (apt-get install conntrack)',
    lost: 0,
    lastHeard: null,
    ageMs: null,
    things: null,
  },
];

export const status: StatusAnswer = {
  version: '0.1.0',
  state: '/home/ada/.local/state/sheerline',
  address: 'http://127.0.0.1:7420',
  socket: '/home/ada/.local/state/sheerline/sheer.sock',
  pid: 4242,
  since: '2026-11-22T05:30:00.000Z',
  node: 'node-2',
  sources: [...sources],
  counts: { instances: 43, services: 9, teams: 3, unowned: 2, calls: 41, unnamedCalls: 0 },
  streams: {
    audit: { position: 7, hash: 'a1'.repeat(32) },
    observations: { position: 812, hash: 'b2'.repeat(32) },
  },
  memoryBytes: 120_000_000,
};

export const capabilities: readonly CapabilityAnswer[] = [
  {
    source: 'podman',
    kind: 'engine',
    features: { instances: 'container', images: 'yes', changes: 'events' },
  },
  { source: 'vpc', kind: 'format', features: { bytes: 'yes', verdicts: 'yes' } },
];

/** Seven records: the dense positions 1 to 7. */
export const auditRecords: readonly AuditRecord[] = Array.from({ length: 7 }, (_, index) => ({
  position: index + 1,
  recordedAt: '2026-11-22T08:00:00.000Z',
  actor: 'ada',
  what: 'assert',
  subject: { kind: 'team', id: `team-${index + 1}` },
  evidence: 'declared',
  source: 'declare',
  data: { name: `team-${index + 1}` },
}));
