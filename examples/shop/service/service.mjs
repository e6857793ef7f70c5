import { createServer } from 'node:http';
import { Peer } from './peer.mjs';
import { connectPostgres } from './postgres.mjs';
import { connectRedis } from './redis.mjs';
import { Truth } from './truth.mjs';

/**
 * A small service, set up by its environment: PORT (0: any free one), HOST, KEEP_ALIVE (`on` or `off`), SHOP_TRUTH,
 * and NAME_URL for each service or store that it calls.
 */
export function openService(name) {
  const truth = new Truth(name);
  const keepAlive = process.env.KEEP_ALIVE !== 'off';
  const closers = [];
  const opened = (connection) => {
    closers.push(() => connection.close());
    return connection;
  };

  return {
    /** @throws Error when NAME_URL is not given */
    peer(peerName) {
      return opened(new Peer(peerName, required(`${peerName.toUpperCase()}_URL`), { truth, keepAlive }));
    },

    /** Null when REDIS_URL is not given. */
    redis() {
      const url = process.env.REDIS_URL;
      return url === undefined ? null : opened(connectRedis(url, { truth, keepAlive }));
    },

    /** Null when POSTGRES_URL is not given. */
    postgres() {
      const url = process.env.POSTGRES_URL;
      return url === undefined ? null : opened(connectPostgres(url, { truth, keepAlive }));
    },

    /** Answers `METHOD /path` with the JSON of what its handler returns; prints `listening PORT`. */
    serve(handlers) {
      const server = createServer((request, response) => void answer(handlers, request, response));
      server.keepAliveTimeout = 60_000;
      server.listen(Number(process.env.PORT ?? 0), process.env.HOST ?? '127.0.0.1', () => {
        const { port } = server.address();
        console.log(`listening ${port}`);
        truth.ready(port);
      });
      closers.push(
        () => server.close(),
        () => server.closeAllConnections(),
      );
      this.untilStopped();
    },

    /** Ends on SIGTERM and SIGINT, truth told. */
    untilStopped() {
      const stop = () => {
        for (const close of closers) close();
        truth.end();
        process.exit(0);
      };
      process.on('SIGTERM', stop).on('SIGINT', stop);
    },

    truth,
  };
}

async function answer(handlers, request, response) {
  const { pathname } = new URL(request.url, 'http://shop');
  const handler = handlers[`${request.method} ${pathname}`];
  try {
    respond(response, handler ? 200 : 404, handler ? await handler() : { error: 'no such page' });
  } catch (error) {
    respond(response, 502, { error: error.message });
  }
}

function respond(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

function required(name) {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
