import { changeSchema } from '#model/answers';
import { z } from 'zod';
import { parsePositions } from '../event-stream.ts';
import { METRICS_MEDIA_TYPE, metricsText, statusMetrics } from '../metrics.ts';
import type { MetricFamily } from '../metrics.ts';
import { question } from '../route.ts';
import type { Route, RouteContext } from '../route.ts';

/** What watches the control plane rather than what it knows. */
export const operationRoutes: readonly Route[] = [
  question({
    path: '/healthz',
    operationId: 'health',
    summary: 'Whether the control plane answers',
    access: 'everyone',
    query: z.strictObject({}),
    answer: { kind: 'json', schema: z.object({ status: z.literal('ok') }) },
    handle: () => ({ kind: 'json', value: { status: 'ok' } }),
  }),
  question({
    path: '/metrics',
    operationId: 'metrics',
    summary: 'The control plane itself, as Prometheus reads it',
    query: z.strictObject({}),
    answer: { kind: 'text', mediaType: METRICS_MEDIA_TYPE },
    handle: ({ context }) => ({ kind: 'text', text: metricsText(allMetrics(context)) }),
  }),
  question({
    path: '/api/v1/events',
    operationId: 'events',
    summary: 'What is recorded, as it is recorded: server-sent events that resume',
    query: z.strictObject({
      after: z
        .string()
        .optional()
        .describe("the id of the last event (`AUDIT:OBSERVATIONS`), for who can't send `Last-Event-ID`"),
    }),
    answer: { kind: 'events', schema: changeSchema },
    handle({ request, query, context }) {
      const last = request.headers.get('last-event-id') ?? query.after ?? null;
      const after = last === null ? null : parsePositions(last);
      return { kind: 'stream', stream: context.streams.open(after) };
    },
  }),
];

function allMetrics(context: RouteContext): readonly MetricFamily[] {
  const { options, metrics, streams } = context;
  return [
    ...statusMetrics(options.questions.status()),
    ...metrics.families(),
    {
      name: 'event_streams',
      type: 'gauge',
      help: 'Event streams that are open.',
      samples: [{ value: streams.count }],
    },
    ...(options.metrics?.() ?? []),
  ];
}
