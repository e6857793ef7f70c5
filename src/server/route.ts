import type { z } from 'zod';
import type { Instant } from '#model';
import type { Connection } from './access.ts';
import { readBytes, readJson } from './body.ts';
import type { EventStreams } from './event-streams.ts';
import type { RequestMetrics } from './metrics.ts';
import type { ServerLimits, ServerOptions } from './options.ts';
import { parseQuery } from './parameters.ts';
import type { QuerySchema } from './parameters.ts';

/** What a route answers with, for the document and for the tests. */
export type AnswerShape =
  | { readonly kind: 'json'; readonly schema: z.ZodType }
  /** One JSON document per line. */
  | { readonly kind: 'ndjson'; readonly schema: z.ZodType }
  | { readonly kind: 'events'; readonly schema: z.ZodType }
  | { readonly kind: 'text'; readonly mediaType: string };

export function mediaTypeOf(shape: AnswerShape): string {
  return shape.kind === 'text' ? shape.mediaType : MEDIA_TYPES[shape.kind];
}

const MEDIA_TYPES = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  events: 'text/event-stream',
} as const;

/** What a handler gives back; `text` and `stream` are sent as they are. */
export type Reply =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'stream'; readonly stream: ReadableStream<Uint8Array> };

/** What every handler stands on. */
export interface RouteContext {
  readonly options: ServerOptions;
  readonly limits: ServerLimits;
  readonly metrics: RequestMetrics;
  readonly streams: EventStreams;
}

export interface RawRequest {
  readonly request: Request;
  readonly connection: Connection;
  readonly parameters: Readonly<Record<string, string>>;
  readonly context: RouteContext;
}

/** A request after its query and body were read by their schemas. */
export interface RouteRequest<Query, Body> extends RawRequest {
  readonly query: Query;
  readonly body: Body;
  readonly now: Instant;
}

interface RouteDescription {
  readonly method: 'get' | 'post' | 'put';
  /** Parameters in braces: `/flow-imports/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly answer: AnswerShape;
  /** Who may ask without a token over TCP. */
  readonly access: 'everyone' | 'owner';
}

export type BodyBytesMax = (limits: ServerLimits) => number;

/** Of JSON that only says what to do. */
export const smallBody: BodyBytesMax = () => 64 * 1024;

/** One row of the route table: the HTTP route and its part of the OpenAPI document. */
export interface Route extends RouteDescription {
  readonly query: QuerySchema;
  readonly body: z.ZodType | 'bytes' | null;
  respond(raw: RawRequest): Promise<Reply>;
}

interface Question<Query extends QuerySchema> extends Omit<RouteDescription, 'method' | 'access'> {
  readonly access?: 'everyone';
  readonly query: Query;
  handle(request: RouteRequest<z.output<Query>, null>): Reply | Promise<Reply>;
}

/** A route that only reads. */
export function question<Query extends QuerySchema>(definition: Question<Query>): Route {
  return {
    ...definition,
    access: definition.access ?? 'owner',
    method: 'get',
    body: null,
    respond: async (raw) => definition.handle({ ...raw, ...read(definition.query, raw), body: null }),
  };
}

interface JsonCommand<Query extends QuerySchema, Body> extends Omit<RouteDescription, 'access'> {
  readonly query: Query;
  readonly body: z.ZodType<Body>;
  readonly bytesMax: BodyBytesMax;
  handle(request: RouteRequest<z.output<Query>, Body>): Reply | Promise<Reply>;
}

/** A route that takes JSON. */
export function jsonCommand<Query extends QuerySchema, Body>(definition: JsonCommand<Query, Body>): Route {
  return {
    ...definition,
    access: 'owner',
    async respond(raw) {
      const head = read(definition.query, raw);
      const body = await readJson(raw.request, definition.body, definition.bytesMax(raw.context.limits));
      return definition.handle({ ...raw, ...head, body });
    },
  };
}

interface BytesCommand<Query extends QuerySchema> extends Omit<RouteDescription, 'access'> {
  readonly query: Query;
  readonly bytesMax: BodyBytesMax;
  handle(request: RouteRequest<z.output<Query>, Uint8Array>): Reply | Promise<Reply>;
}

/** A route that takes bytes as they are; without a `bytesMax` above zero it takes none. */
export function bytesCommand<Query extends QuerySchema>(definition: BytesCommand<Query>): Route {
  return {
    ...definition,
    access: 'owner',
    body: 'bytes',
    async respond(raw) {
      const head = read(definition.query, raw);
      const body = await readBytes(raw.request, definition.bytesMax(raw.context.limits));
      return definition.handle({ ...raw, ...head, body });
    },
  };
}

function read<Query extends QuerySchema>(
  schema: Query,
  raw: RawRequest,
): { readonly query: z.output<Query>; readonly now: Instant } {
  const query = parseQuery(schema, new URL(raw.request.url).searchParams);
  return { query, now: raw.context.options.clock() };
}
