import {
  callSchema,
  capabilitySchema,
  externalSchema,
  imageSchema,
  instanceSchema,
  nodeSchema,
  serviceSchema,
  sourceSchema,
  teamSchema,
} from '#model/answers';
import type { Instant } from '#model';
import type { ListFilter, Questions } from '#loops/adopt';
import { z } from 'zod';
import { instantOf, timeParameter } from '../parameters.ts';
import { question } from '../route.ts';
import type { Route } from '../route.ts';

const filterShape = {
  at: timeParameter.optional(),
  team: z.string().optional(),
  environment: z.string().optional(),
};
const filterSchema = z.strictObject(filterShape);

/** The tables: what is there, now or at a time. */
export const listRoutes: readonly Route[] = [
  question({
    path: '/api/v1/sources',
    operationId: 'sources',
    summary: 'Where the graph knows things from, and how fresh each source is',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.array(sourceSchema) },
    handle: ({ context }) => ({ kind: 'json', value: context.options.questions.sources() }),
  }),
  question({
    path: '/api/v1/capabilities',
    operationId: 'capabilities',
    summary: 'What each engine, sensor and format can do',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.array(capabilitySchema) },
    handle: ({ context }) => ({ kind: 'json', value: context.options.questions.capabilities() }),
  }),
  list('services', 'Services with their owners', serviceSchema),
  question({
    path: '/api/v1/instances',
    operationId: 'instances',
    summary: 'Containers and processes with their addresses',
    query: z.strictObject({ ...filterShape, service: z.string().optional() }),
    answer: { kind: 'json', schema: z.array(instanceSchema) },
    handle({ query, now, context }) {
      const filter = { ...filterOf(query, now), service: query.service ?? null };
      return { kind: 'json', value: context.options.questions.instances(filter) };
    },
  }),
  list('nodes', 'Machines', nodeSchema),
  list('images', 'Images by content, and what runs them', imageSchema),
  list('teams', 'Teams and what they own', teamSchema),
  list('externals', 'What lies outside: legacy hosts, databases, SaaS', externalSchema),
  question({
    path: '/api/v1/calls',
    operationId: 'calls',
    summary: 'Who calls whom, by which evidence',
    query: z.strictObject({ ...filterShape, since: timeParameter.optional() }),
    answer: { kind: 'json', schema: z.array(callSchema) },
    handle({ query, now, context }) {
      const filter = { ...filterOf(query, now), since: instantOf(query.since, now) };
      return { kind: 'json', value: context.options.questions.calls(filter) };
    },
  }),
];

type PlainList = 'services' | 'nodes' | 'images' | 'teams' | 'externals';

function list(name: PlainList & keyof Questions, summary: string, schema: z.ZodType): Route {
  return question({
    path: `/api/v1/${name}`,
    operationId: name,
    summary,
    query: filterSchema,
    answer: { kind: 'json', schema: z.array(schema) },
    handle: ({ query, now, context }) => ({
      kind: 'json',
      value: context.options.questions[name](filterOf(query, now)),
    }),
  });
}

function filterOf(query: z.output<typeof filterSchema>, now: Instant): ListFilter {
  return {
    at: instantOf(query.at, now),
    team: query.team ?? null,
    environment: query.environment ?? null,
  };
}
