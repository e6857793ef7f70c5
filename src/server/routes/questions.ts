import {
  affectedSchema,
  flowSchema,
  historyEntrySchema,
  lintFindingSchema,
  nextStepSchema,
  statusSchema,
  whoisSchema,
  whoSchema,
  whySchema,
} from '#model/answers';
import { parseTime } from '#model';
import { z } from 'zod';
import { parseAddress, PORT_MAX } from '../address.ts';
import { lintWithCases, nextWithCases, statusWithCases } from '../case-advice.ts';
import { ServerError } from '../errors.ts';
import { flagParameter, instantOf, integerParameter, timeParameter } from '../parameters.ts';
import { question } from '../route.ts';
import type { Route } from '../route.ts';

const FLOWS_LIMIT_MAX = 100_000;
const FLOWS_SINCE = '1h';

const namesOf = question({
  path: '/api/v1/whois',
  operationId: 'whois',
  summary: 'Who held an address at a time',
  query: z.strictObject({
    address: z.string().describe('`10.42.3.7`, `10.42.3.7:443`, `[::1]:443`'),
    at: timeParameter.optional(),
    scope: z.string().optional().describe("without one: this node's"),
  }),
  answer: { kind: 'json', schema: whoisSchema },
  handle({ query, now, context }) {
    const at = instantOf(query.at, now);
    const asked = { ...parseAddress(query.address), at, scope: query.scope ?? null };
    return { kind: 'json', value: context.options.questions.whois(asked) };
  },
});

const who = question({
  path: '/api/v1/who',
  operationId: 'who',
  summary: 'What runs an image, service or team, whose it is; whom a vulnerability or package affects',
  query: z.strictObject({
    subject: z.string().min(1),
    at: timeParameter.optional().describe('whom it affected then; only of a vulnerability or package'),
  }),
  answer: { kind: 'json', schema: z.union([whoSchema, affectedSchema]) },
  async handle({ query, now, context }) {
    const { questions, patch } = context.options;
    const at = instantOf(query.at, now);
    if (patch.isVulnerability(query.subject)) {
      return { kind: 'text', text: await patch.who(query.subject, at) };
    }
    if (at !== null) {
      throw new ServerError('invalid-input', 'query: `at` is of vulnerabilities and packages only', {
        next: 'sheer instances --at TIME, sheer services --at TIME',
      });
    }
    return { kind: 'json', value: questions.who(query.subject) };
  },
});

const flows = question({
  path: '/api/v1/flows',
  operationId: 'flows',
  summary: 'Connections per minute, in names',
  query: z.strictObject({
    since: timeParameter.optional().describe(`without one: ${FLOWS_SINCE} ago`),
    until: timeParameter.optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    unknown: flagParameter.optional().describe('only those with an end that has no name'),
    limit: integerParameter(1, FLOWS_LIMIT_MAX).optional(),
  }),
  answer: { kind: 'json', schema: z.array(flowSchema) },
  handle({ query, now, context }) {
    const since = parseTime(query.since ?? FLOWS_SINCE, now);
    const until = query.until === undefined ? now : parseTime(query.until, now);
    if (until < since) throw new ServerError('invalid-input', 'query: `until` is before `since`');
    const value = context.options.questions.flows({
      since,
      until,
      from: query.from ?? null,
      to: query.to ?? null,
      unknown: query.unknown ?? false,
      limit: query.limit ?? 1000,
    });
    return { kind: 'json', value };
  },
});

/** What is asked about one thing, or about everything at once. */
export const questionRoutes: readonly Route[] = [
  question({
    path: '/api/v1/status',
    operationId: 'status',
    summary: 'The control plane, its sources and counts',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: statusSchema },
    handle: ({ context }) => ({ kind: 'json', value: statusWithCases(context.options) }),
  }),
  namesOf,
  who,
  question({
    path: '/api/v1/why',
    operationId: 'why',
    summary: 'Whether one service calls another, and how that is known',
    query: z.strictObject({
      from: z.string().min(1),
      to: z.string().min(1),
      port: integerParameter(0, PORT_MAX).optional(),
    }),
    answer: { kind: 'json', schema: whySchema },
    handle: ({ query, context }) => ({
      kind: 'json',
      value: context.options.questions.why(query.from, query.to, query.port ?? null),
    }),
  }),
  flows,
  question({
    path: '/api/v1/history',
    operationId: 'history',
    summary: 'What was recorded about one subject',
    query: z.strictObject({
      subject: z.string().min(1),
      limit: integerParameter(1, 10_000).optional(),
    }),
    answer: { kind: 'json', schema: z.array(historyEntrySchema) },
    handle: ({ query, context }) => ({
      kind: 'json',
      value: context.options.questions.history(query.subject, query.limit ?? 100),
    }),
  }),
  question({
    path: '/api/v1/lint',
    operationId: 'lint',
    summary:
      'What is overdue, what has no owner, what two selectors match, what differs from what was declared',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.array(lintFindingSchema) },
    handle: ({ context }) => ({ kind: 'json', value: lintWithCases(context.options) }),
  }),
  question({
    path: '/api/v1/next',
    operationId: 'next',
    summary: 'The step that helps most, with its evidence',
    query: z.strictObject({ service: z.string().optional() }),
    answer: { kind: 'json', schema: z.array(nextStepSchema) },
    handle: ({ query, context }) => ({
      kind: 'json',
      value: nextWithCases(context.options, query.service ?? null),
    }),
  }),
];
