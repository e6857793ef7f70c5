import {
  advisorySourceSchema,
  caseCountsSchema,
  caseSchema,
  explanationSchema,
  fixPlanSchema,
  imageNodeSchema,
  packageListSchema,
  waiverSchema,
} from '#model/answers';
import type { CaseFilter } from '#loops/patch';
import type { PackageListAnswer } from '#model';
import { z } from 'zod';
import { flagParameter, instantOf, integerParameter, timeParameter, vulnerabilityId } from '../parameters.ts';
import { question } from '../route.ts';
import type { Route } from '../route.ts';

const caseFilter = {
  state: z.enum(['open', 'closed']).optional(),
  team: z.string().optional().describe('only what something of this team holds'),
  severity: z.enum(['critical', 'high', 'medium', 'low', 'unknown']).optional(),
  overdue: flagParameter.optional().describe('only what should be gone by now'),
};
const caseFilterSchema = z.strictObject(caseFilter);

const CASES_MAX = 1_000_000;

/** What images hold, who is affected, where to fix it, and the proof. */
export const patchRoutes: readonly Route[] = [
  question({
    path: '/api/v1/image-tree',
    operationId: 'imageTree',
    summary: 'Images with what they are built upon, and how that is known; from then on images are read',
    query: z.strictObject({ at: timeParameter.optional() }),
    answer: { kind: 'json', schema: z.array(imageNodeSchema) },
    handle: ({ query, now, context }) => ({
      kind: 'json',
      value: context.options.patch.imageTree(instantOf(query.at, now)),
    }),
  }),
  question({
    path: '/api/v1/packages',
    operationId: 'packages',
    summary: 'What is in an image or instance, from which layer, by which reader or list',
    query: z.strictObject({
      subject: z.string().min(1).max(1000).describe('an image or an instance'),
      name: z.string().optional().describe('only packages whose name, or whose source, has this in it'),
      refresh: flagParameter.optional().describe('read it again; without it only what was not read yet'),
    }),
    answer: { kind: 'json', schema: packageListSchema },
    async handle({ query, context }) {
      const options = { refresh: query.refresh ?? false };
      const list = await context.options.patch.packages(query.subject, options);
      return { kind: 'json', value: query.name === undefined ? list : named(list, query.name) };
    },
  }),
  question({
    path: '/api/v1/fix-plan',
    operationId: 'fixPlan',
    summary: 'The fewest images to change, what to rebuild after them, and what cannot be fixed yet',
    query: z.strictObject({ id: vulnerabilityId }),
    answer: { kind: 'json', schema: fixPlanSchema },
    handle: ({ query, context }) => ({ kind: 'json', value: context.options.patch.fixPlan(query.id) }),
  }),
  question({
    path: '/api/v1/cases',
    operationId: 'cases',
    summary: 'Vulnerabilities that touch, or touched, something running; the most urgent first',
    query: z.strictObject({ ...caseFilter, limit: integerParameter(1, CASES_MAX).optional() }),
    answer: { kind: 'json', schema: z.array(caseSchema) },
    handle({ query, context }) {
      const filter = { ...filterOf(query), limit: query.limit ?? null };
      return { kind: 'json', value: context.options.patch.cases(filter) };
    },
  }),
  question({
    path: '/api/v1/case-counts',
    operationId: 'caseCounts',
    summary: 'How many cases there are',
    query: caseFilterSchema,
    answer: { kind: 'json', schema: caseCountsSchema },
    handle: ({ query, context }) => ({
      kind: 'json',
      value: context.options.patch.caseCounts(filterOf(query)),
    }),
  }),
  question({
    path: '/api/v1/case',
    operationId: 'case',
    summary: 'One case with its timeline',
    query: z.strictObject({ id: vulnerabilityId }),
    answer: { kind: 'json', schema: caseSchema },
    handle: ({ query, context }) => ({ kind: 'json', value: context.options.patch.case(query.id) }),
  }),
  question({
    path: '/api/v1/explanation',
    operationId: 'explanation',
    summary: 'Which range and event of an advisory made a package match, or not',
    query: z.strictObject({ id: vulnerabilityId, purl: z.string().min(1).max(4096) }),
    answer: { kind: 'json', schema: explanationSchema },
    handle: ({ query, context }) => ({
      kind: 'json',
      value: context.options.patch.explain(query.id, query.purl),
    }),
  }),
  question({
    path: '/api/v1/waivers',
    operationId: 'waivers',
    summary: 'What may stay for a while, who answers for it, and until when',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.array(waiverSchema) },
    handle: ({ context }) => ({ kind: 'json', value: context.options.patch.waivers() }),
  }),
  question({
    path: '/api/v1/advisories',
    operationId: 'advisories',
    summary: 'Where advisories come from, and how new they are',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.array(advisorySourceSchema) },
    handle: ({ context }) => ({ kind: 'json', value: context.options.patch.advisories() }),
  }),
];

function filterOf({ state, team, severity, overdue }: z.output<typeof caseFilterSchema>): CaseFilter {
  return {
    state: state ?? null,
    team: team ?? null,
    severity: severity ?? null,
    overdue: overdue ?? false,
  };
}

function named(list: PackageListAnswer, name: string): PackageListAnswer {
  const lower = name.toLowerCase();
  const isMeant = (each: PackageListAnswer['packages'][number]): boolean =>
    [each.name, each.source?.name ?? ''].some((text) => text.toLowerCase().includes(lower));
  return {
    ...list,
    packages: list.packages.filter(isMeant),
    disagreements: list.disagreements.filter(({ purl }) => purl.toLowerCase().includes(lower)),
  };
}
