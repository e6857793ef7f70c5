import { Hono } from 'hono';
import type { Context } from 'hono';
import type { SheerError } from '#model';
import { checkHost, hasToken, notSignedIn } from './access.ts';
import type { Connection } from './access.ts';
import { errorReply, ServerError } from './errors.ts';
import { OPENAPI_PATH, openApiDocument } from './openapi.ts';
import { createRateLimit } from './rate-limit.ts';
import type { RateLimit } from './rate-limit.ts';
import { mediaTypeOf } from './route.ts';
import type { Reply, Route, RouteContext } from './route.ts';
import { ROUTES } from './routes/index.ts';

interface Environment {
  readonly Bindings: { readonly connection: Connection };
  /** The route's own path: as a label of a metric, what users write would have no end. */
  readonly Variables: { route?: string };
}

export type Application = Hono<Environment>;

/** The API as a function from request to response, whatever it listens on. */
export function createApplication(context: RouteContext): Application {
  const { options, metrics } = context;
  const application: Application = new Hono<Environment>();
  const limits = {
    socket: createRateLimit(context.limits.socketRate, options.clock),
    tcp: createRateLimit(context.limits.tcpRate, options.clock),
    // Any page in a browser of this machine may ask and be refused: its requests are not the owner's.
    strangers: createRateLimit(context.limits.tcpRate, options.clock),
  };

  application.use('*', async (exchange, next) => {
    const begun = options.clock();
    await next();
    secure(exchange.res.headers);
    const seconds = Math.max(0, options.clock() - begun) / 1000;
    metrics.answered({ route: exchange.get('route') ?? 'other', status: exchange.res.status, seconds });
  });
  application.use('*', async (exchange, next) => {
    admit(exchange, context, limits);
    await next();
  });

  for (const route of ROUTES) {
    application.on(route.method, honoPath(route.path), (exchange) => answer(exchange, route, context));
  }
  const document = JSON.stringify(openApiDocument(ROUTES, options.version));
  application.get(OPENAPI_PATH, () => respond(document, 'application/json'));
  application.notFound((exchange) => errorResponse(notFound(exchange), context));
  application.onError((error) => errorResponse(error, context));
  return application;
}

const PUBLIC_PATHS = new Set(
  ROUTES.filter((route) => route.access === 'everyone').map((route) => route.path),
);

/** Says least to a stranger, and lets none use up what the owner may ask. */
function admit(
  exchange: Context<Environment>,
  context: RouteContext,
  limits: Readonly<Record<Connection['kind'] | 'strangers', RateLimit>>,
): void {
  const { connection } = exchange.env;
  const { headers } = exchange.req.raw;
  checkHost(headers, connection, context.options.allowedHosts ?? []);
  const isOwner = connection.kind === 'socket' || hasToken(headers, context.options.token);
  const waitSeconds = limits[isOwner ? connection.kind : 'strangers'].take();
  if (waitSeconds > 0) {
    throw new ServerError('too-many-requests', 'too many requests at once', {
      next: `try again in ${waitSeconds} s`,
    });
  }
  if (!isOwner && !PUBLIC_PATHS.has(exchange.req.path)) throw notSignedIn(headers);
}

async function answer(
  exchange: Context<Environment>,
  route: Route,
  context: RouteContext,
): Promise<Response> {
  exchange.set('route', route.path);
  const reply = await route.respond({
    request: exchange.req.raw,
    connection: exchange.env.connection,
    parameters: exchange.req.param(),
    context,
  });
  // HEAD: nobody will read it, so nobody would end it.
  if (reply.kind === 'stream' && exchange.req.method === 'HEAD') {
    await reply.stream.cancel();
    return respond('', mediaTypeOf(route.answer));
  }
  return respond(bodyOf(reply), mediaTypeOf(route.answer));
}

function bodyOf(reply: Reply): string | ReadableStream<Uint8Array> {
  if (reply.kind === 'json') return JSON.stringify(reply.value);
  return reply.kind === 'text' ? reply.text : reply.stream;
}

function respond(body: string | ReadableStream<Uint8Array>, type: string): Response {
  return new Response(body, { headers: { 'content-type': type } });
}

function errorResponse(error: unknown, { options }: RouteContext): Response {
  const reply = errorReply(error, options.newId);
  if (!reply.expected) options.logger.error('a request failed inside', { id: reply.id, error });
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (reply.status === 401) headers['www-authenticate'] = 'Bearer';
  if (reply.status === 429) headers['retry-after'] = '1';
  // What the client still sends of a body that is too large is not worth reading.
  if (reply.status === 413) headers['connection'] = 'close';
  return new Response(JSON.stringify(reply.answer), { status: reply.status, headers });
}

function notFound(exchange: Context<Environment>): SheerError {
  const { path, method } = exchange.req;
  const others = ROUTES.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
  const hint = others.length === 0 ? [] : [`${others.join(', ')} ${path} is there`];
  return new ServerError('not-found', `there is no ${method} ${path}`, {
    detail: hint,
    next: `see ${OPENAPI_PATH}`,
  });
}

/** Nothing here is a page, and nothing may be kept or framed. */
function secure(headers: Headers): void {
  headers.set('cache-control', 'no-store');
  headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('x-content-type-options', 'nosniff');
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
