import { z } from 'zod';

/**
 * What the API answers, the CLI prints with `--json` and the OpenAPI document describes. Times are
 * RFC 3339 in UTC; `null` means not known or not measured, never zero.
 */
const time = z.string().describe('RFC 3339, UTC');
const evidence = z.enum(['declared', 'observed', 'enforced']);

/** Who owns something, and how that is known; the losers stay visible. */
const ownerSchema = z.object({
  team: z.string(),
  basis: z.enum(['declared', 'catalog-info', 'label', 'codeowners']),
  location: z.string().nullable().describe('where it stands: file and line, or the label'),
  overruled: z.array(z.object({ team: z.string(), basis: z.string(), location: z.string().nullable() })),
});

export const serviceSchema = z.object({
  id: z.string().describe('environment/application/name'),
  name: z.string(),
  application: z.string(),
  environment: z.string(),
  team: z.string().nullable(),
  owner: ownerSchema.nullable(),
  evidence: z.array(evidence).describe('declared: someone wrote it; observed: an instance runs'),
  derivedFrom: z
    .string()
    .describe('selector, compose, kubernetes, unit, cgroup, name, image, executable or itself'),
  instances: z.number().int(),
  images: z.array(z.string()),
  ports: z.array(z.number().int()),
});

export const instanceSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['container', 'process']),
  engine: z.string(),
  state: z.enum(['created', 'running', 'paused', 'exited']),
  service: z.string().nullable(),
  team: z.string().nullable(),
  environment: z.string().nullable(),
  conflict: z.array(z.string()).describe('services whose selectors both match it: it belongs to neither'),
  node: z.string(),
  pid: z.number().int().nullable(),
  executable: z.string().nullable(),
  unit: z.string().nullable(),
  images: z.array(z.object({ name: z.string(), id: z.string().nullable() })),
  addresses: z.array(z.object({ scope: z.string(), ip: z.string(), port: z.number().int().nullable() })),
  addressMissing: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  since: time,
  until: time.nullable(),
  evidence,
  source: z.string(),
});

export const nodeSchema = z.object({
  id: z.string(),
  os: z.string(),
  kernel: z.string(),
  architecture: z.string(),
  cpus: z.number().int(),
  memoryBytes: z.number(),
  addresses: z.array(z.string()),
  instances: z.number().int(),
  since: time,
});

export const imageSchema = z.object({
  id: z.string().describe('config digest'),
  names: z.array(z.string()),
  digests: z.array(z.string()),
  layers: z.number().int(),
  sizeBytes: z.number().nullable(),
  created: time.nullable(),
  platform: z.string().nullable(),
  instances: z.number().int(),
  services: z.array(z.string()),
});

export const teamSchema = z.object({
  id: z.string(),
  name: z.string(),
  contact: z.string().nullable(),
  declared: z.boolean(),
  services: z.array(z.string()),
  externals: z.array(z.string()),
});

export const externalSchema = z.object({
  id: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  addresses: z.array(z.string()),
  declared: z.boolean(),
  callers: z.array(z.string()),
});

export const callSchema = z.object({
  from: z.string().describe('service or external name; `unknown` with a reason otherwise'),
  to: z.string(),
  fromId: z.string().nullable(),
  toId: z.string().nullable(),
  port: z.number().int().nullable(),
  protocol: z.string(),
  evidence: z.array(evidence),
  connections: z.number().int().nullable(),
  failed: z.number().int().nullable().describe('refused or unanswered'),
  bytes: z.number().nullable(),
  firstSeen: time.nullable(),
  lastSeen: time.nullable(),
  sources: z.array(z.string()),
});

const candidateSchema = z.object({
  kind: z.enum(['instance', 'service', 'node', 'external']),
  id: z.string(),
  name: z.string(),
  service: z.string().nullable(),
  team: z.string().nullable(),
  scope: z.string(),
  since: time,
  until: time.nullable(),
});

export const whoisSchema = z.object({
  address: z.string(),
  at: time,
  scope: z.string().nullable(),
  kind: z.enum(['instance', 'service', 'node', 'external', 'ambiguous', 'unknown']),
  instance: z.string().nullable(),
  instanceName: z.string().nullable(),
  service: z.string().nullable(),
  team: z.string().nullable(),
  environment: z.string().nullable(),
  node: z.string().nullable(),
  image: z.string().nullable(),
  external: z.string().nullable(),
  since: time.nullable(),
  until: time.nullable(),
  evidence: evidence.nullable(),
  source: z.string().nullable(),
  confidence: z.enum(['certain', 'inferred']).nullable(),
  how: z.string().nullable().describe('how it was derived'),
  candidates: z.array(candidateSchema),
  elsewhere: z.array(candidateSchema).describe('holders of the same address in other scopes'),
  reason: z.string().nullable().describe('from the closed list, for `unknown`'),
  explanation: z.string().nullable(),
  before: candidateSchema.nullable().describe('who held it last before that time'),
  after: z.array(candidateSchema).describe('who held it since'),
});

export const whoSchema = z.object({
  subject: z.string(),
  kind: z.enum(['image', 'service', 'team', 'external', 'instance']),
  services: z.array(serviceSchema),
  instances: z.array(instanceSchema),
  teams: z.array(z.string()),
  callers: z.array(
    z.object({ service: z.string(), team: z.string().nullable(), distance: z.number().int() }),
  ),
  calls: z.array(callSchema),
});

export const whySchema = z.object({
  from: z.string(),
  to: z.string(),
  port: z.number().int().nullable(),
  calls: z.array(callSchema),
  answer: z.enum(['observed and declared', 'observed, not declared', 'declared, never observed', 'no']),
  policy: z.literal('not enforced'),
});

const flowEndSchema = z.object({
  name: z.string(),
  kind: z.enum(['service', 'instance', 'node', 'external', 'ambiguous', 'unknown']),
  instance: z.string().nullable(),
  team: z.string().nullable(),
  scope: z.string(),
  ip: z.string(),
  reason: z.string().nullable(),
});

export const flowSchema = z.object({
  minute: time,
  from: flowEndSchema,
  to: flowEndSchema,
  port: z.number().int(),
  protocol: z.string(),
  verdict: z.string(),
  connections: z.number().int(),
  bytes: z.number().nullable(),
  firstSeen: time,
  lastSeen: time,
  source: z.string(),
});

export const historyEntrySchema = z.object({
  stream: z.enum(['audit', 'observations']),
  position: z.number().int(),
  at: time.describe('valid from'),
  until: time.nullable(),
  learnt: time.describe('recorded at'),
  what: z.enum(['assert', 'end', 'retract']),
  kind: z.string(),
  subject: z.string(),
  summary: z.string(),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  evidence,
  source: z.string(),
  actor: z.string().nullable(),
});

export const lintFindingSchema = z.object({
  rule: z.enum([
    'no-owner',
    'selector-conflict',
    'declared-never-seen',
    'seen-not-declared',
    'unknown-team',
    'overdue-case',
  ]),
  subject: z.string(),
  message: z.string(),
  evidence: z.array(z.string()),
  next: z.string(),
});

export const nextStepSchema = z.object({
  service: z.string().nullable(),
  step: z.string(),
  why: z.string(),
  evidence: z.array(z.string()),
  command: z.string(),
});

export const sourceSchema = z.object({
  id: z.string(),
  kind: z.enum(['engine', 'sensor', 'person']),
  description: z.string(),
  state: z
    .enum(['starting', 'live', 'stale', 'gap', 'inactive', 'stopped'])
    .describe('starting: it has not said yet how it stands since the control plane began'),
  reason: z.string().nullable(),
  lost: z.number().int(),
  lastHeard: time.nullable(),
  ageMs: z.number().nullable(),
  things: z.number().int().nullable().describe('instances that it reports as alive'),
});

export const statusSchema = z.object({
  version: z.string(),
  state: z.string().describe('the state directory'),
  address: z.string(),
  socket: z.string(),
  pid: z.number().int(),
  since: time,
  node: z.string(),
  sources: z.array(sourceSchema),
  counts: z.object({
    instances: z.number().int(),
    services: z.number().int(),
    teams: z.number().int(),
    unowned: z.number().int(),
    calls: z.number().int(),
    unnamedCalls: z.number().int(),
  }),
  cases: z
    .object({ open: z.number().int(), overdue: z.number().int() })
    .optional()
    .describe('known vulnerabilities in what runs; not there: nobody was asked'),
  streams: z.record(z.string(), z.object({ position: z.number().int(), hash: z.string() })),
  memoryBytes: z.number(),
});

export const capabilitySchema = z.object({
  source: z.string(),
  kind: z.enum(['engine', 'sensor', 'format']),
  features: z.record(z.string(), z.string()),
});

export const auditRecordSchema = z.object({
  position: z.number().int(),
  recordedAt: time,
  actor: z.string().nullable(),
  what: z.enum(['assert', 'end', 'retract']),
  subject: z.object({ kind: z.string(), id: z.string() }),
  evidence,
  source: z.string(),
  data: z.unknown(),
});

export const verificationSchema = z.object({
  streams: z.array(
    z.object({
      stream: z.enum(['audit', 'observations']),
      ok: z.boolean(),
      records: z.number().int().nullable(),
      erased: z.number().int().nullable(),
      head: z.object({ position: z.number().int(), hash: z.string() }).nullable(),
      position: z.number().int().nullable(),
      problem: z.string().nullable(),
      explanation: z.string().nullable(),
    }),
  ),
});

export const declarationResultSchema = z.object({
  changes: z.array(
    z.object({ change: z.enum(['added', 'changed', 'removed']), kind: z.string(), id: z.string() }),
  ),
  warnings: z.array(z.string()),
  applied: z.boolean(),
});

/** How far a flow log has been imported, and what became of its lines. */
export const flowImportSchema = z.object({
  id: z.string(),
  offset: z.number().int().describe('bytes of the file that are done; the next chunk begins here'),
  checksum: z.number().int().describe('CRC-32 of these bytes'),
  lines: z.number().int(),
  named: z.number().int().describe('lines with a name at both ends'),
  halfNamed: z.number().int(),
  unnamed: z.number().int(),
  malformed: z.number().int(),
  problems: z
    .array(z.object({ line: z.number().int(), problem: z.string() }))
    .describe('the first hundred malformed lines'),
  firstAt: time.nullable(),
  lastAt: time.nullable(),
});

export const flowImportStepSchema = z.object({
  state: flowImportSchema,
  named: z.string().nullable().describe('with `lines=true`: each line as one line of JSON with names'),
});

/** One recorded fact, without its data: what to ask again. */
export const changeSchema = z.object({
  stream: z.enum(['audit', 'observations']),
  position: z.number().int(),
  recordedAt: time,
  what: z.enum(['assert', 'end', 'retract']),
  subject: z.object({ kind: z.string(), id: z.string() }),
  evidence,
  source: z.string(),
});

export const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    detail: z.array(z.string()),
    next: z.string().nullable(),
  }),
});

export type Owner = z.infer<typeof ownerSchema>;
export type ServiceAnswer = z.infer<typeof serviceSchema>;
export type InstanceAnswer = z.infer<typeof instanceSchema>;
export type NodeAnswer = z.infer<typeof nodeSchema>;
export type ImageAnswer = z.infer<typeof imageSchema>;
export type TeamAnswer = z.infer<typeof teamSchema>;
export type ExternalAnswer = z.infer<typeof externalSchema>;
export type CallAnswer = z.infer<typeof callSchema>;
export type Candidate = z.infer<typeof candidateSchema>;
export type WhoisAnswer = z.infer<typeof whoisSchema>;
export type WhoAnswer = z.infer<typeof whoSchema>;
export type WhyAnswer = z.infer<typeof whySchema>;
export type FlowAnswer = z.infer<typeof flowSchema>;
export type HistoryEntry = z.infer<typeof historyEntrySchema>;
export type LintFinding = z.infer<typeof lintFindingSchema>;
export type NextStep = z.infer<typeof nextStepSchema>;
export type SourceAnswer = z.infer<typeof sourceSchema>;
export type StatusAnswer = z.infer<typeof statusSchema>;
export type CapabilityAnswer = z.infer<typeof capabilitySchema>;
export type AuditRecord = z.infer<typeof auditRecordSchema>;
export type VerificationAnswer = z.infer<typeof verificationSchema>;
export type DeclarationResult = z.infer<typeof declarationResultSchema>;
export type ErrorAnswer = z.infer<typeof errorSchema>;
export type FlowImportAnswer = z.infer<typeof flowImportSchema>;
export type FlowImportStep = z.infer<typeof flowImportStepSchema>;
export type ChangeAnswer = z.infer<typeof changeSchema>;

export * from './patch-answers.ts';
