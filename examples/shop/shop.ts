import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerRunner } from './start/containers.ts';
import { processRunner } from './start/processes.ts';
import {
  type Runner,
  type RunningPart,
  readTruth,
  type Store,
  type TrueCall,
  type TruthFile,
  waitFor,
} from './start/running-part.ts';
import { installedStores } from './start/stores.ts';

export type { TrueCall } from './start/running-part.ts';

export interface ShopOptions {
  readonly engine: 'processes' | 'containers';
  /** Default: one that is installed, Redis before PostgreSQL; the shop works without, too. */
  readonly stores?: readonly Store[];
  /** Default true; false: every request opens a connection of its own. */
  readonly keepAlive?: boolean;
  /** Of the podman or docker command; default: our own. */
  readonly containerEnvironment?: NodeJS.ProcessEnv;
  /** Visits of the shop; default 20. */
  readonly requestsPerSecond?: number;
  /** Visits after which the traffic ends; default 0: it goes on until the shop is stopped. */
  readonly requests?: number;
}

export interface Shop {
  /** Everything that was started, the traffic and the stores too. */
  readonly services: readonly ShopService[];
  /** What every service really called, as each counted it itself. */
  truth(): Promise<readonly TrueCall[]>;
  /** Resolves when all of `requests` have been answered. */
  trafficDone(): Promise<void>;
  /** Ends everything that was started, and removes everything that was written. */
  stop(): Promise<void>;
}

export type ShopService = Pick<RunningPart, 'name' | 'host' | 'port' | 'pid' | 'container' | 'directory'>;

/** Callees first; whom each may call. A store that is not there is left out. */
const CALLS = {
  payments: [],
  catalog: [],
  cart: ['catalog', 'redis'],
  checkout: ['payments', 'postgres', 'redis'],
  web: ['catalog', 'cart', 'checkout'],
  traffic: ['web'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const TRAFFIC_MS_MAX = 600_000;

/** Where the services' programs are: beside this file, or in the package beside the bundle. */
export const SHOP_DIRECTORY = existsSync(join(import.meta.dirname, 'web'))
  ? import.meta.dirname
  : join(import.meta.dirname, '../examples/shop');

/**
 * Starts the example shop, by itself and outside of Sheerline: what an observer finds can be held against
 * {@link Shop.truth}. It listens on loopback, or on a container network of its own.
 *
 * @throws Error when a part does not get ready; what was started is stopped before.
 */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const temporary = mkdtempSync(join(tmpdir(), 'sheerline-shop-'));
  // Others than us write here: PostgreSQL's user, and users inside of containers.
  chmodSync(temporary, 0o755);
  mkdirSync(join(temporary, 'truth'));
  try {
    return await startParts(options, await runnerOf(options, temporary), temporary);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function startParts(options: ShopOptions, runner: Runner, temporary: string): Promise<Shop> {
  const truthFile = (name: string) => join(temporary, 'truth', `${name}.json`);
  const parts: RunningPart[] = [];
  const stop = async () => {
    // Callers first, so that nobody calls what is gone.
    for (const part of parts.splice(0).toReversed()) await part.stop();
    await runner.close();
    rmSync(temporary, { recursive: true, force: true });
  };
  try {
    for (const store of options.stores ?? defaultStores(options)) parts.push(await runner.startStore(store));
    for (const [name, callees] of Object.entries(CALLS)) {
      const environment = { ...settings(options), ...urlsOf(callees, parts) };
      parts.push(await runner.start({ name, environment, truthFile: truthFile(name) }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    services: [...parts],
    truth: () => truthOf(parts, truthFile),
    trafficDone: async () => {
      const done = () => (readTruth(truthFile('traffic'))?.done === true ? true : null);
      await waitFor('the end of the traffic', done, TRAFFIC_MS_MAX);
    },
    stop,
  };
}

async function runnerOf(options: ShopOptions, temporary: string): Promise<Runner> {
  return options.engine === 'processes'
    ? processRunner(SHOP_DIRECTORY, temporary)
    : containerRunner(SHOP_DIRECTORY, options.containerEnvironment ?? process.env);
}

function defaultStores({ engine }: ShopOptions): readonly Store[] {
  const stores = installedStores().filter((store) => engine === 'processes' || store === 'redis');
  return stores.slice(0, 1);
}

function settings(options: ShopOptions): Readonly<Record<string, string>> {
  return {
    KEEP_ALIVE: options.keepAlive === false ? 'off' : 'on',
    REQUESTS_PER_SECOND: `${options.requestsPerSecond ?? 20}`,
    REQUESTS: `${options.requests ?? 0}`,
  };
}

/** `CART_URL` and so on, for those of `names` that run. */
function urlsOf(names: readonly string[], parts: readonly RunningPart[]): Readonly<Record<string, string>> {
  const urls: Record<string, string> = {};
  for (const { name, host, port } of parts) {
    if (!names.includes(name)) continue;
    urls[`${name.toUpperCase()}_URL`] =
      name === 'postgres'
        ? `postgres://shop@${host}:${port}/postgres`
        : `${name === 'redis' ? 'redis' : 'http'}://${host}:${port}`;
  }
  return urls;
}

async function truthOf(
  parts: readonly RunningPart[],
  truthFile: (name: string) => string,
): Promise<readonly TrueCall[]> {
  const calls: TrueCall[] = [];
  for (const part of parts) {
    const before = readTruth(truthFile(part.name));
    // Stores keep no books.
    if (before === null) continue;
    await part.signal('SIGUSR2');
    const after = await waitFor<TruthFile>(`an answer of ${part.name}`, () => {
      const truth = readTruth(truthFile(part.name));
      return truth !== null && truth.written > before.written ? truth : null;
    });
    calls.push(...after.calls);
  }
  return calls;
}
