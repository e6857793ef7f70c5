import { errorSchema } from '#model/answers';
import { z } from 'zod';
import { mediaTypeOf } from './route.ts';
import type { AnswerShape, Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

export const OPENAPI_PATH = '/api/v1/openapi.json';

/** The OpenAPI 3.1 document of a route table. Schemas stand in place: no references to follow. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  paths[OPENAPI_PATH] = { get: ownOperation };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sheerline',
      version,
      description:
        'One live, temporal graph of what runs. Times are RFC 3339 in UTC; null means not known, never zero.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The content of the file `token` in the state directory. Not needed on the Unix socket.',
        },
      },
      responses: {
        error: {
          description: 'What went wrong',
          content: { 'application/json': { schema: schemaOf(errorSchema) } },
        },
      },
    },
  };
}

const errorReference: Json = { $ref: '#/components/responses/error' };

const ownOperation: Json = {
  operationId: 'openapi',
  summary: 'This document',
  responses: {
    '200': { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
    default: errorReference,
  },
};

function operation(route: Route): Json {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.access === 'everyone' ? { security: [] } : {}),
    parameters: [...pathParameters(route.path), ...queryParameters(route)],
    ...requestBody(route),
    responses: {
      '200': { description: route.summary, content: content(route.answer) },
      default: errorReference,
    },
  };
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(route: Route): readonly Json[] {
  const schema = schemaOf(route.query);
  // zod gives an object schema for an object.
  const properties = schema['properties'] as Readonly<Record<string, Json>>;
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: 'query',
      required: required.has(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function requestBody(route: Route): Json {
  if (route.body === null) return {};
  if (route.body === 'bytes') {
    return {
      requestBody: {
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    };
  }
  const schema = schemaOf(route.body, 'input');
  return { requestBody: { required: true, content: { 'application/json': { schema } } } };
}

function content(answer: AnswerShape): Json {
  const schema = answer.kind === 'text' ? { type: 'string' } : schemaOf(answer.schema);
  return { [mediaTypeOf(answer)]: { schema } };
}

/** OpenAPI 3.1 uses JSON Schema 2020-12 as it is; the dialect stands once, in the document. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
