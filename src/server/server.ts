import { createServer as createHttpServer } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Connection } from './access.ts';
import { createApplication } from './application.ts';
import { createEventStreams } from './event-streams.ts';
import { listenOnLoopback, listenOnSocket } from './listener.ts';
import { createRequestMetrics } from './metrics.ts';
import { DEFAULT_LIMITS } from './options.ts';
import type { ServerLimits, ServerOptions } from './options.ts';

/** The HTTP API as a value: it runs inside of whoever made it. */
export interface Server {
  /**
   * Answers from then on. Either may be null, and nothing is listened on there.
   *
   * @throws ServerError `state-in-use`, `state-unusable`; nothing is listened on then
   */
  listen(where: ListenOptions): Promise<Listening>;
  /** Ends event streams, lets requests finish for 2 s, and removes the socket. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly socketPath: string | null;
  /** On 127.0.0.1; 0: any that is free. */
  readonly port: number | null;
}

export interface Listening {
  readonly socketPath: string | null;
  readonly port: number | null;
}

const CLOSE_PATIENCE_MS = 2000;

/** 16 KiB of headers are a lot for a tool; Node's own limit is the same, but may change. */
const HEADER_BYTES_MAX = 16 * 1024;

export function createServer(options: ServerOptions): Server {
  const limits: ServerLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = createRequestMetrics();
  const { heartbeatMs, eventStreamsMax } = limits;
  const streams = createEventStreams({ changes: options.changes, streamsMax: eventStreamsMax, heartbeatMs });
  const application = createApplication({ options, limits, metrics, streams });
  const servers: HttpServer[] = [];
  let closing = false;

  function serve(connectionOf: () => Connection): HttpServer {
    const listener = getRequestListener(
      (request) => application.fetch(request, { connection: connectionOf() }),
      // Everything that is thrown was answered already; this is for a broken connection.
      { overrideGlobalObjects: false, errorHandler: () => new Response(null, { status: 400 }) },
    );
    const server = createHttpServer(
      {
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        maxHeaderSize: HEADER_BYTES_MAX,
        connectionsCheckingInterval: 1000,
      },
      (request, response) => {
        // A connection that becomes idle while the server closes would keep it for seconds.
        response.once('close', () => setImmediate(() => closing && server.closeIdleConnections()));
        void listener(request, response);
      },
    );
    server.maxConnections = limits.connectionsMax;
    servers.push(server);
    return server;
  }

  async function close(): Promise<void> {
    closing = true;
    streams.close();
    await Promise.all(servers.splice(0).map(closeServer));
  }

  return {
    async listen({ socketPath, port }) {
      closing = false;
      try {
        if (socketPath !== null) await listenOnSocket(serve(onSocket), socketPath);
        if (port === null) return { socketPath, port };
        let chosen = port;
        const server = serve(() => ({ kind: 'tcp', port: chosen }));
        chosen = await listenOnLoopback(server, port);
        return { socketPath, port: chosen };
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}

const onSocket = (): Connection => ({ kind: 'socket' });

function closeServer(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) {
      resolve();
      return;
    }
    const patience = setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE_MS);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
