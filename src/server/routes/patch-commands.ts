import { addedDocumentSchema, advisorySyncSchema, proofSchema, waiverSchema } from '#model/answers';
import { parseTime } from '#model';
import type { AdvisorySyncAnswer, Instant } from '#model';
import { z } from 'zod';
import { actorOf } from '../actor.ts';
import { errorReply, ServerError } from '../errors.ts';
import { jsonLines } from '../json-lines.ts';
import { vulnerabilityId } from '../parameters.ts';
import { bytesCommand, jsonCommand, smallBody } from '../route.ts';
import type { RawRequest, Reply, Route } from '../route.ts';

const proven = z.object({ kind: z.literal('result'), ...proofSchema.shape });
const synced = z.object({ kind: z.enum(['progress', 'result']), ...advisorySyncSchema.shape });

/** What the patch loop is told, and what takes it long. */
export const patchCommandRoutes: readonly Route[] = [
  jsonCommand({
    method: 'post',
    path: '/api/v1/verifications',
    operationId: 'verify',
    summary: 'Looks whether anything that runs still holds it; the last line is the proof',
    query: z.strictObject({}),
    body: z.strictObject({ id: vulnerabilityId }),
    bytesMax: smallBody,
    answer: { kind: 'ndjson', schema: proven },
    handle: async (asking) => {
      const { body, context } = asking;
      const patch = context.options.patch;
      return streamed(asking, async function* (signal) {
        yield { kind: 'result', ...(await patch.verify(body.id, signal)) };
      });
    },
  }),
  jsonCommand({
    method: 'post',
    path: '/api/v1/advisories',
    operationId: 'syncAdvisories',
    summary: 'Reads advisories from a place; the last line is the result',
    query: z.strictObject({}),
    body: z.strictObject({
      place: z
        .string()
        .min(1)
        .max(4096)
        .nullable()
        .default(null)
        .describe("a URL, or on the Unix socket a path on the control plane's machine; null: all known ones"),
      acceptFewer: z
        .boolean()
        .default(false)
        .describe('also where a place has lost more than half of what it had'),
    }),
    bytesMax: smallBody,
    answer: { kind: 'ndjson', schema: synced },
    handle: async (asking) => {
      const { body, connection, context } = asking;
      const { place } = body;
      if (place !== null && !isUrl(place) && connection.kind !== 'socket') throw pathFromElsewhere(place);
      const patch = context.options.patch;
      const actor = actorOf(connection, context.options);
      return streamed(asking, (signal) => syncLines(patch.sync({ ...body, actor }, signal)));
    },
  }),
  jsonCommand({
    method: 'post',
    path: '/api/v1/waivers',
    operationId: 'waive',
    summary: 'Lets a vulnerability stay for a while, where somebody answers for it',
    query: z.strictObject({}),
    body: z.strictObject({
      vulnerability: vulnerabilityId,
      subject: z.string().min(1).max(1000).describe('a service, image, team or instance'),
      owner: z.string().min(1).max(200).describe('the team that answers for it'),
      reason: z.string().min(1).max(4000),
      until: z.string().describe('a day (its end, in UTC) or RFC 3339'),
      preview: z.boolean().default(false).describe('only says what it would be, and records nothing'),
    }),
    bytesMax: smallBody,
    answer: { kind: 'json', schema: waiverSchema },
    handle({ body, connection, now, context }) {
      const actor = actorOf(connection, context.options);
      const waiver = { ...body, until: endOf(body.until, now), actor };
      return { kind: 'json', value: context.options.patch.waive(waiver) };
    },
  }),
  jsonCommand({
    method: 'post',
    path: '/api/v1/waivers/end',
    operationId: 'endWaiver',
    summary: 'Ends a waiver before its time',
    query: z.strictObject({}),
    body: z.strictObject({ vulnerability: vulnerabilityId, subject: z.string().min(1).max(1000) }),
    bytesMax: smallBody,
    answer: { kind: 'json', schema: waiverSchema },
    handle({ body, connection, context }) {
      const actor = actorOf(connection, context.options);
      const value = context.options.patch.endWaiver(body.vulnerability, body.subject, actor);
      return { kind: 'json', value };
    },
  }),
  bytesCommand({
    method: 'post',
    path: '/api/v1/documents',
    operationId: 'addDocument',
    summary: 'Takes a CycloneDX, SPDX or OpenVEX document in JSON',
    query: z.strictObject({ name: z.string().min(1).max(4096).describe('how messages call it') }),
    bytesMax: (limits) => limits.documentBytesMax,
    answer: { kind: 'json', schema: addedDocumentSchema },
    async handle({ query, body, connection, context }) {
      const actor = actorOf(connection, context.options);
      const value = await context.options.patch.addDocument(query.name, body, actor);
      return { kind: 'json', value };
    },
  }),
];

const DAY_MS = 86_400_000;

/** Who names a day means all of it. */
function endOf(text: string, now: Instant): Instant {
  const instant = dayToCome(text, now);
  return /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? instant + DAY_MS - 1000 : instant;
}

/** Times are mostly of the past: the usual hint would help nobody here. */
function dayToCome(text: string, now: Instant): Instant {
  try {
    return parseTime(text, now);
  } catch (cause) {
    throw new ServerError('invalid-input', `"${text}" is no day to come`, {
      cause,
      next: 'write it as 2026-12-31, which is all of that day, or as 2026-12-31T18:00:00Z',
    });
  }
}

function isUrl(place: string): boolean {
  return /^https?:\/\//i.test(place);
}

function pathFromElsewhere(place: string): ServerError {
  return new ServerError('not-permitted', `over TCP no file is read: ${place}`, {
    next: 'sync a URL, or use the Unix socket on the machine where the file is',
  });
}

async function* syncLines(steps: AsyncIterable<AdvisorySyncAnswer>): AsyncGenerator {
  for await (const step of steps) yield { kind: step.done ? 'result' : 'progress', ...step };
}

/** What goes on until it is done, or until the client goes. */
async function streamed(
  { request, context }: RawRequest,
  begin: (signal: AbortSignal) => AsyncIterable<unknown>,
): Promise<Reply> {
  const stop = new AbortController();
  request.signal.addEventListener('abort', () => stop.abort(), { once: true });
  const { logger, newId } = context.options;
  const stream = await jsonLines(begin(stop.signal), {
    stop,
    heartbeatMs: context.limits.heartbeatMs,
    told(error) {
      const reply = errorReply(error, newId);
      if (!reply.expected) logger.error('a request failed inside', { id: reply.id, error });
      return reply.answer.error;
    },
  });
  return { kind: 'stream', stream };
}
