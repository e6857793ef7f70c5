import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { formatInstant, type Clock, type Instant } from '#model';
import type { StatePaths } from '#cli';
import { AdoptLoop } from '#loops/adopt';
import type { PatchLoop } from '#loops/patch';
import { changesOf, createServer, loadToken, type ServerLogger } from '#server';
import { FLOW_LOG_FORMATS, FlowLogReader, namedLine } from '#sensors';
import { openSqliteStore } from '#store';
import { chooseEngines } from './engines.ts';
import { chooseSensors } from './sensors.ts';
import { createPatchLoop } from './patch.ts';
import { version } from './version.ts';

export interface ControlPlaneOptions {
  /** The state directory, made where it is missing, and what is in it. */
  readonly paths: StatePaths;
  /** On loopback; 0: any that is free; null: only the socket. */
  readonly port: number | null;
  /** Where the port is taken, any other will do. */
  readonly otherPort?: boolean;
  /** Ids of the engines to attach to; empty: all that are here. */
  readonly engines: readonly string[];
  /** OCI layouts and archives, to read images from beside the engines' own stores. */
  readonly imageStores?: readonly string[];
  /** Registries, as image names begin, with which plain HTTP may be spoken. */
  readonly insecureRegistries?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logger: ServerLogger;
  /** Asked for over the API by `sheer down`. */
  readonly shutdown: () => void;
}

export interface ControlPlane {
  /** `http://127.0.0.1:7420`; null without a port. */
  readonly address: string | null;
  readonly socketPath: string;
  readonly loop: AdoptLoop;
  readonly patch: PatchLoop;
  stop(): Promise<void>;
}

/** One process: store, graph, engines, sensors and API. Answers when the promise is fulfilled. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { paths, clock, logger, environment } = options;
  const node = hostname();
  const since = clock();
  await using started = new AsyncDisposableStack();
  const store = openSqliteStore({ directory: paths.state, clock, node });
  started.defer(() => store.close());
  // Only asked once the engines observe, when the loop is there.
  const ownsContainer = (id: string): boolean | null => loop.ownsContainer(id);
  const labels = (): ReadonlySet<string> => loop.declaredLabels();
  const engines = await chooseEngines({
    ids: options.engines,
    node,
    clock,
    environment,
    ownsContainer,
    labels,
    reported: (engine) => loop.aliveInstances(engine),
  });
  const where = { address: '', socket: paths.socket };
  const loop: AdoptLoop = new AdoptLoop({
    store,
    engines,
    sensors: chooseSensors({ node, clock }),
    flowLogs: { createReader: (reader) => new FlowLogReader(reader), formats: FLOW_LOG_FORMATS, namedLine },
    node,
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    clock,
    logger,
    self: () => ({ ...describeSelf(paths.state, since), ...where }),
  });
  started.defer(() => loop.stop());
  const patch = createPatchLoop({ ...options, loop, engines, store, node }, started);
  const server = createServer({
    questions: loop.questions,
    imports: loop.imports,
    patch: patch.questions,
    changes: changesOf(store),
    token: loadToken(paths.token, () => randomBytes(32).toString('hex')),
    version,
    owner: userInfo().username,
    clock,
    logger,
    newId: randomUUID,
    shutdown: options.shutdown,
  });
  started.defer(() => server.close());
  where.address = await listen(server, options);
  await loop.start();
  patch.start();
  // From here on it is the caller's to stop; whatever fails, the rest is closed.
  const running = started.move();
  return {
    address: where.address === '' ? null : where.address,
    socketPath: where.socket,
    loop,
    patch,
    stop: () => running.disposeAsync(),
  };
}

/** The address; empty without a port. */
async function listen(
  server: ReturnType<typeof createServer>,
  { paths, port, otherPort }: ControlPlaneOptions,
): Promise<string> {
  const taken = await server.listen({ socketPath: paths.socket, port }).catch((error: unknown) => {
    if (otherPort !== true) throw error;
    return server.listen({ socketPath: paths.socket, port: 0 });
  });
  return taken.port === null ? '' : `http://127.0.0.1:${taken.port}`;
}

function describeSelf(state: string, since: Instant) {
  return {
    version,
    state,
    pid: process.pid,
    since: formatInstant(since),
    memoryBytes: process.memoryUsage.rss(),
  };
}
