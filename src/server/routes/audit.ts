import { auditRecordSchema, verificationSchema } from '#model/answers';
import type { Questions } from '#loops/adopt';
import { z } from 'zod';
import { ServerError } from '../errors.ts';
import { integerParameter } from '../parameters.ts';
import { question } from '../route.ts';
import type { Route } from '../route.ts';

const headSchema = z.object({ position: z.number().int(), hash: z.string() });

/** Records per read of an export: about 1 MiB. */
const EXPORT_BATCH = 1000;

/** The tamper-evident record of who decided what. */
export const auditRoutes: readonly Route[] = [
  question({
    path: '/api/v1/audit',
    operationId: 'audit',
    summary: 'Records after a position, oldest first',
    query: z.strictObject({
      after: integerParameter(0, Number.MAX_SAFE_INTEGER).optional(),
      limit: integerParameter(1, 10_000).optional(),
    }),
    answer: { kind: 'json', schema: z.array(auditRecordSchema) },
    handle: ({ query, context }) => ({
      kind: 'json',
      value: context.options.questions.auditTail(query.after ?? 0, query.limit ?? 100),
    }),
  }),
  question({
    path: '/api/v1/audit/head',
    operationId: 'auditHead',
    summary: 'Where each stream ends, for keeping elsewhere',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.record(z.string(), headSchema) },
    handle: ({ context }) => ({ kind: 'json', value: context.options.questions.status().streams }),
  }),
  question({
    path: '/api/v1/audit/export',
    operationId: 'auditExport',
    summary: 'All records, one per line',
    query: z.strictObject({ after: integerParameter(0, Number.MAX_SAFE_INTEGER).optional() }),
    answer: { kind: 'ndjson', schema: auditRecordSchema },
    handle: ({ query, context }) => ({
      kind: 'stream',
      stream: exportFrom(context.options.questions, query.after ?? 0),
    }),
  }),
  question({
    path: '/api/v1/audit/verify',
    operationId: 'auditVerify',
    summary: 'Recomputes the chain; names the first record that was edited, dropped or reordered',
    query: z.strictObject({
      head: z.string().optional().describe('`POSITION:HASH`, as it was kept elsewhere'),
    }),
    answer: { kind: 'json', schema: verificationSchema },
    handle: ({ query, context }) => ({
      kind: 'json',
      value: context.options.questions.auditVerify(query.head === undefined ? null : parseHead(query.head)),
    }),
  }),
];

function parseHead(text: string): { readonly position: number; readonly hash: string } {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text);
  if (!match) {
    throw new ServerError('invalid-input', `"${text}" is not a head`, {
      next: 'write it as POSITION:HASH, as `sheer audit head` printed it',
    });
  }
  return { position: Number(match[1]), hash: (match[2] ?? '').toLowerCase() };
}

/** Reads on when the client has taken what was read: memory does not grow with the audit. */
function exportFrom(questions: Questions, after: number): ReadableStream<Uint8Array> {
  let position = after;
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const records = questions.auditTail(position, EXPORT_BATCH);
      const last = records.at(-1);
      if (last === undefined) {
        controller.close();
        return;
      }
      position = last.position;
      controller.enqueue(encoder.encode(records.map((record) => `${JSON.stringify(record)}\n`).join('')));
    },
  });
}
