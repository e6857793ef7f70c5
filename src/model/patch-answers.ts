import { z } from 'zod';

/**
 * Answers of the patch loop: what images are made of, who is affected, where to fix it, and the
 * proof. As everywhere, times are RFC 3339 in UTC, and `null` means not known, never zero or no.
 */
const time = z.string().describe('RFC 3339, UTC');
const severity = z.enum(['critical', 'high', 'medium', 'low', 'unknown']);

const packageSchema = z.object({
  purl: z.string(),
  ecosystem: z.string().nullable(),
  name: z.string(),
  version: z.string(),
  source: z.object({ name: z.string(), version: z.string() }).nullable().describe('its source package'),
});

/** Where a package came into an image. */
const originSchema = z.object({
  kind: z
    .enum(['base', 'own', 'copied', 'unknown'])
    .describe('in a base image, by its own layers, copied from another image or stage'),
  image: z.string().nullable().describe('config digest of the image that brought it in'),
  imageName: z.string().nullable(),
  layer: z.number().int().nullable().describe('index into the layers, base first'),
  instruction: z.string().nullable().describe('what made that layer, where the image tells'),
});

export const packageListSchema = z.object({
  image: z.string().nullable(),
  names: z.array(z.string()),
  instance: z.string().nullable(),
  distribution: z.string().nullable(),
  lists: z
    .array(
      z.object({
        origin: z.enum(['read', 'cyclonedx', 'spdx']),
        from: z.string().describe('podman, registry, layout, file:NAME, referrer'),
        tool: z.string().nullable(),
        at: time,
        packages: z.number().int(),
        used: z.boolean().describe('the answer rests on this one'),
      }),
    )
    .describe('every list that is known of it, the one used first'),
  disagreements: z
    .array(z.object({ purl: z.string(), onlyIn: z.string() }))
    .describe('packages that one list has and another has not'),
  packages: z.array(
    packageSchema.extend({ readBy: z.string(), path: z.string().nullable(), origin: originSchema }),
  ),
  unread: z.array(z.object({ path: z.string(), reason: z.string() })),
});

export const imageNodeSchema = z.object({
  id: z.string().nullable().describe('config digest; null: declared, and never seen'),
  name: z.string(),
  team: z.string().nullable(),
  hasBuildSource: z.boolean(),
  instances: z.number().int(),
  packages: z.number().int().nullable().describe('null: not read yet, or not readable'),
  base: z
    .object({
      id: z.string().nullable(),
      name: z.string(),
      upToLayer: z.number().int().nullable(),
      known: z.enum(['annotation', 'build-source', 'layers']),
      evidence: z.enum(['declared', 'observed']),
    })
    .nullable(),
  copiesFrom: z.array(z.object({ id: z.string().nullable(), name: z.string(), known: z.string() })),
});

const matchSchema = z.object({
  advisory: z.string(),
  basis: z.string().describe('the range and event, or the enumerated version'),
  fixed: z.string().nullable().describe('the first version that is not affected'),
});

const groupSchema = z.object({
  service: z.string().nullable(),
  team: z.string().nullable(),
  environment: z.string().nullable(),
  instances: z.array(z.object({ id: z.string(), name: z.string(), node: z.string() })),
  excused: z.number().int().describe('how many of them a waiver or a VEX statement excuses'),
  dueAt: time.nullable(),
});

export const affectedSchema = z.object({
  question: z.string(),
  kind: z.enum(['vulnerability', 'package']),
  at: time.nullable().describe('null: now'),
  id: z.string().nullable(),
  aliases: z.array(z.string()),
  summary: z.string(),
  severity,
  score: z.number().nullable(),
  published: time.nullable(),
  withdrawn: time.nullable(),
  packages: z.array(packageSchema.extend({ matches: z.array(matchSchema), images: z.number().int() })),
  groups: z.array(groupSchema).describe('who is affected, by service and environment'),
  images: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      team: z.string().nullable(),
      instances: z.number().int(),
      packages: z.array(z.string()).describe('purls'),
      broughtInBy: z.array(originSchema),
      excused: z
        .object({
          by: z.enum(['vex', 'waiver']),
          author: z.string(),
          reason: z.string(),
          until: time.nullable(),
        })
        .nullable(),
    }),
  ),
  instances: z.number().int(),
  excused: z.number().int().describe('how many of the instances a waiver or a VEX statement excuses'),
  liveFiles: z
    .object({
      at: time.describe('when the proof was made that read them'),
      without: z.array(z.string()).describe('instances that are counted by their image, and hold it no more'),
      besides: z.array(z.string()).describe('instances that hold it, and are not counted by their image'),
    })
    .nullable()
    .describe('where the files of what runs say otherwise than its images; null: nowhere that was looked'),
  teams: z.array(z.string()),
  environments: z.record(z.string(), z.number().int()),
  notLookedAt: z
    .array(z.object({ image: z.string(), reason: z.string(), instances: z.number().int() }))
    .describe('what runs and whose packages are not known'),
  reason: z.string().nullable().describe('why there is nothing, where there is nothing'),
});

export const fixPlanSchema = z.object({
  id: z.string(),
  fixPoints: z.array(
    z.object({
      image: z.string(),
      name: z.string(),
      team: z.string().nullable(),
      change: z.enum(['own-source', 'base-reference', 'both']),
      to: z.string().nullable().describe('the base to move to'),
      packages: z.array(
        z.object({ purl: z.string(), fixed: z.string().nullable(), layer: z.number().int().nullable() }),
      ),
      reason: z.string(),
    }),
  ),
  levels: z
    .array(
      z.array(
        z.object({
          image: z.string(),
          name: z.string(),
          team: z.string().nullable(),
          instances: z.number().int(),
          reason: z.string(),
        }),
      ),
    )
    .describe('what must be rebuilt, parents first; images of one level can be built side by side'),
  restarts: z
    .array(
      z.object({
        image: z.string(),
        name: z.string(),
        to: z.string().describe('a newer build of the same image that does not hold it'),
        instances: z.number().int(),
      }),
    )
    .describe('what needs no change any more: its instances only have to be started anew'),
  unfixable: z.array(
    z.object({
      image: z.string(),
      name: z.string(),
      team: z.string().nullable(),
      purl: z.string(),
      why: z.enum([
        'no-fix-published',
        'no-build-source',
        'base-not-ours',
        'copied-from-elsewhere',
        'downloaded-by-hand',
        'outweighed',
        'search-stopped',
      ]),
      explanation: z.string(),
      instances: z.number().int(),
    }),
  ),
  teams: z.array(z.string()),
  optimal: z.boolean().describe('proven: no plan has fewer fix points'),
  explored: z.number().int(),
});

export const caseSchema = z.object({
  vulnerability: z.string(),
  aliases: z.array(z.string()),
  state: z.enum(['open', 'closed']),
  severity,
  summary: z.string(),
  openedAt: time,
  closedAt: time.nullable(),
  reopened: z.number().int(),
  dueAt: time.nullable(),
  overdue: z.boolean(),
  owners: z.array(z.string()),
  environments: z.array(z.string()),
  instances: z.number().int().describe('that still hold the package, waived ones included'),
  excused: z.number().int(),
  timeline: z.array(z.object({ at: time, what: z.string(), actor: z.string().nullable() })),
});

export const caseCountsSchema = z.object({
  open: z.number().int(),
  closed: z.number().int(),
  overdue: z.number().int().describe('of the open ones'),
});

export const proofSchema = z.object({
  id: z.string(),
  at: time,
  proven: z.boolean(),
  holding: z.array(
    z.object({
      instance: z.string(),
      name: z.string(),
      node: z.string(),
      service: z.string().nullable(),
      team: z.string().nullable(),
      image: z.string().nullable(),
      since: time,
      packages: z.array(z.string()),
      basis: z.enum(['live-files', 'image-digest']),
      note: z.string().nullable().describe('started from an image that was replaced since, …'),
    }),
  ),
  looked: z.array(
    z.object({
      instance: z.string(),
      basis: z.enum(['live-files', 'image-digest']),
      at: time,
      found: z.array(z.string()).describe('the versions that are there, not affected'),
    }),
  ),
  notLooked: z.array(z.object({ instance: z.string(), reason: z.string() })),
  others: z
    .number()
    .int()
    .describe('running instances whose images hold no version of the packages, by their lists'),
});

export const waiverSchema = z.object({
  vulnerability: z.string(),
  subject: z.string(),
  owner: z.string(),
  reason: z.string(),
  until: time,
  since: time,
  actor: z.string().nullable(),
  state: z.enum(['active', 'expired', 'ended']),
});

export const advisorySourceSchema = z.object({
  id: z.string().describe('where it comes from: a URL, a file or a directory'),
  records: z.number().int(),
  withdrawn: z.number().int(),
  ecosystems: z.record(z.string(), z.number().int()),
  modifiedUntil: time.nullable().describe('of its newest record'),
  syncedAt: time,
  problems: z.array(z.object({ place: z.string(), problem: z.string() })),
});

/** One step of a sync, as it goes on; the last one has `done`. */
export const advisorySyncSchema = z.object({
  read: z.number().int(),
  changed: z.number().int(),
  withdrawn: z.number().int(),
  refused: z.number().int(),
  statements: z.number().int().describe('of VEX documents'),
  problems: z.array(z.object({ place: z.string(), problem: z.string() })),
  newlyAffected: z.array(z.string()).describe('vulnerabilities that touch something running since'),
  imagesNotRead: z
    .number()
    .int()
    .optional()
    .describe('images that run and whose packages are not known yet; with the last step'),
  done: z.boolean(),
});

export const explanationSchema = z.object({
  id: z.string(),
  purl: z.string(),
  affected: z.boolean(),
  steps: z.array(
    z.object({
      advisory: z.string(),
      affected: z.string().describe('ecosystem and package of the entry'),
      range: z.string().nullable(),
      result: z.enum([
        'holds',
        'before',
        'after',
        'other-package',
        'other-release',
        'withdrawn',
        'enumerated',
        'not-listed',
      ]),
      explanation: z.string(),
    }),
  ),
});

export const addedDocumentSchema = z.object({
  kind: z.string().describe('cyclonedx, spdx or openvex'),
  id: z.string().describe('the image that a list is about, or the document'),
});

export type PackageListAnswer = z.infer<typeof packageListSchema>;
export type ImageNodeAnswer = z.infer<typeof imageNodeSchema>;
export type OriginAnswer = z.infer<typeof originSchema>;
export type AffectedAnswer = z.infer<typeof affectedSchema>;
export type FixPlanAnswer = z.infer<typeof fixPlanSchema>;
export type CaseAnswer = z.infer<typeof caseSchema>;
export type CaseCounts = z.infer<typeof caseCountsSchema>;
export type ProofAnswer = z.infer<typeof proofSchema>;
export type WaiverAnswer = z.infer<typeof waiverSchema>;
export type AdvisorySourceAnswer = z.infer<typeof advisorySourceSchema>;
export type AdvisorySyncAnswer = z.infer<typeof advisorySyncSchema>;
export type ExplanationAnswer = z.infer<typeof explanationSchema>;
export type AddedDocumentAnswer = z.infer<typeof addedDocumentSchema>;
