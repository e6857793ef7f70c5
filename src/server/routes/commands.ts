import { declarationResultSchema, flowImportSchema, flowImportStepSchema } from '#model/answers';
import { formatInstant } from '#model';
import type { FlowImportAnswer } from '#model';
import type { FlowImportState } from '#loops/adopt';
import { z } from 'zod';
import { actorOf } from '../actor.ts';
import { flagParameter, integerParameter } from '../parameters.ts';
import { bytesCommand, jsonCommand, question, smallBody } from '../route.ts';
import type { Route } from '../route.ts';

const declarationsSchema = z.strictObject({
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(4096),
        content: z.string(),
        directory: z.string().startsWith('/').max(4096).exactOptional(),
        kind: z
          .literal('containerfile')
          .exactOptional()
          .describe('declares nothing by itself: `images` of one of the others speaks of it'),
      }),
    )
    .min(1)
    .max(10_000),
  dryRun: z.boolean().default(false).describe('show what would change'),
});

const flowImportRequestSchema = z.strictObject({
  format: z.enum(['vpc', 'zeek', 'conntrack']),
  scope: z
    .string()
    .regex(/^(?:host|network|loopback|vpc|cluster)\/.+$/, 'must be a scope such as vpc/main')
    .nullable()
    .default(null),
  fingerprint: z.string().min(1).max(200).describe('the same one continues the same import'),
  earlier: z
    .array(z.string().min(1).max(200))
    .max(32)
    .default([])
    .describe('fingerprints of the log when it was shorter; the first that is known is continued'),
  again: z
    .boolean()
    .default(false)
    .describe('its lines are read once more from the beginning, for their names; nothing is counted'),
});

/** What changes the state of the control plane. */
export const commandRoutes: readonly Route[] = [
  jsonCommand({
    method: 'post',
    path: '/api/v1/declarations',
    operationId: 'declare',
    summary:
      'Declares teams, services, images, externals, environments, calls and deadlines; all of it or nothing',
    query: z.strictObject({}),
    body: declarationsSchema,
    bytesMax: (limits) => limits.declarationBytesMax,
    answer: { kind: 'json', schema: declarationResultSchema },
    handle({ body, connection, context }) {
      const actor = actorOf(connection, context.options);
      const value = context.options.questions.declare(body.files, { dryRun: body.dryRun, actor });
      return { kind: 'json', value };
    },
  }),
  question({
    path: '/api/v1/suggestion',
    operationId: 'suggestion',
    summary: 'A sheer.yaml for what runs and is not declared',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.object({ suggestion: z.string() }) },
    handle: ({ context }) => ({ kind: 'json', value: { suggestion: context.options.questions.suggest() } }),
  }),
  jsonCommand({
    method: 'post',
    path: '/api/v1/flow-imports',
    operationId: 'openFlowImport',
    summary: 'Begins an import of a flow log, or continues one',
    query: z.strictObject({}),
    body: flowImportRequestSchema,
    bytesMax: smallBody,
    answer: { kind: 'json', schema: flowImportSchema },
    handle: ({ body, context }) => ({
      kind: 'json',
      value: importAnswer(context.options.imports.open(body)),
    }),
  }),
  bytesCommand({
    method: 'put',
    path: '/api/v1/flow-imports/{id}',
    operationId: 'appendFlowImport',
    summary: 'The next bytes of the flow log; the answer says where the following ones begin',
    query: z.strictObject({
      offset: integerParameter(0, Number.MAX_SAFE_INTEGER),
      final: flagParameter.optional().describe('the file ends here'),
      lines: flagParameter.optional().describe('give back each line with names'),
    }),
    bytesMax: (limits) => limits.flowChunkBytesMax,
    answer: { kind: 'json', schema: flowImportStepSchema },
    handle({ query, body, parameters, context }) {
      const step = context.options.imports.append({
        // The path of this route has it.
        id: parameters['id']!,
        offset: query.offset,
        bytes: body,
        final: query.final ?? false,
        wantLines: query.lines ?? false,
      });
      return { kind: 'json', value: { state: importAnswer(step.state), named: step.lines } };
    },
  }),
  bytesCommand({
    method: 'post',
    path: '/api/v1/shutdown',
    operationId: 'shutdown',
    summary: 'Stops the control plane; nothing that runs notices',
    query: z.strictObject({}),
    bytesMax: () => 0,
    answer: { kind: 'json', schema: z.object({ stopping: z.literal(true) }) },
    handle({ context }) {
      // The server ends only after this answer is out.
      setImmediate(context.options.shutdown);
      return { kind: 'json', value: { stopping: true } };
    },
  }),
];

function importAnswer(state: FlowImportState): FlowImportAnswer {
  return {
    ...state,
    problems: [...state.problems],
    firstAt: formatInstant(state.firstAt),
    lastAt: formatInstant(state.lastAt),
  };
}
