import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { join } from 'node:path';

/**
 * A web service behind nginx that counts in Redis and asks PostgreSQL: `/pooled` over connections
 * that it keeps, `/fresh` over new ones. Prints its TCP port (both families) and its UDP port, and
 * for each line of its input how many connections it really opened and accepted.
 */
const redisUrl = process.env['STACK_REDIS'] ?? '';
const postgresUrl = process.env['STACK_POSTGRES'] ?? '';
const service = join(import.meta.dirname, '../../../examples/shop/service');

interface StoreClient {
  increment(key: string): Promise<number>;
  value(sql: string): Promise<string>;
  close(): void;
}

const truth: Record<string, number> = { redis: 0, postgres: 0, nginx: 0 };
const counting = {
  count(name: string, _port: number, what: string): void {
    if (what === 'connections') truth[name] = (truth[name] ?? 0) + 1;
  },
};

/** The example's own clients, which are JavaScript. */
async function connectStores(keepAlive: boolean): Promise<{ redis: StoreClient; postgres: StoreClient }> {
  const [redis, postgres] = await Promise.all([
    import(join(service, 'redis.mjs')),
    import(join(service, 'postgres.mjs')),
  ]);
  const options = { truth: counting, keepAlive };
  return {
    redis: redis.connectRedis(redisUrl, options),
    postgres: postgres.connectPostgres(postgresUrl, options),
  };
}

const pooled = await connectStores(true);

async function answer(path: string | undefined): Promise<unknown> {
  if (path === '/pooled') return ask(pooled);
  const fresh = await connectStores(false);
  return ask(fresh);
}

async function ask({ redis, postgres }: typeof pooled): Promise<unknown> {
  return [await redis.increment('visits'), await postgres.value('select 1')];
}

const server = createServer((request, response) => {
  answer(request.url).then(
    (body) => response.end(JSON.stringify(body)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.on('connection', () => (truth['nginx'] = (truth['nginx'] ?? 0) + 1));
server.keepAliveTimeout = 600_000;

process.stdin.on('data', () => process.stdout.write(`${JSON.stringify(truth)}\n`));

const echo = createSocket('udp4');
echo.on('message', (message, { port, address }) => echo.send(message, port, address));
echo.bind(0, '127.0.0.1', () => {
  server.listen(0, '::', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it has no port');
    process.stdout.write(`${address.port} ${echo.address().port}\n`);
  });
});
