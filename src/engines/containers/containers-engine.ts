import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Instant, Observation, SourceData } from '#model';
import { createProcFiles, readControlGroup } from '#proc';
import type { Engine, EngineCapabilities } from '../engine.ts';
import type { Reporter } from './container-facts.ts';
import { Attachments } from './attachments.ts';
import { asContainersError, type ContainersError } from './containers-error.ts';
import { ContainerTracker } from './container-tracker.ts';
import { EngineApi } from './engine-api.ts';
import { EngineClient } from './engine-client.ts';
import { EventIntake } from './event-intake.ts';
import { ImageCatalogue } from './image-catalogue.ts';
import { exportImage } from './image-export.ts';
import { NetworkNames } from './network-names.ts';
import { ObservationQueue } from './observation-queue.ts';
import { PreparedRuns } from './prepared-runs.ts';
import { RunDirectory } from './run-directory.ts';
import { RunFinder } from './run-finder.ts';
import { servedAddresses } from './name-server-files.ts';
import { Session } from './session.ts';
import type { EngineVersion } from './wire.ts';

/** An engine that comes back is found within two seconds. */
const BACKOFF_MS = { first: 100, most: 2000 } as const;

export interface ContainersEngineOptions {
  /** `podman` or `docker`: the source id of its facts. */
  readonly id: 'podman' | 'docker';
  readonly socketPath: string;
  readonly node: string;
  readonly clock: Clock;
  /** Names of labels that users allowed to be recorded, as of now; absent: none. */
  readonly labels?: () => ReadonlySet<string>;
  /**
   * Where podman's run directory is, for an engine that does not say; null: it is not to be watched.
   * By default the engine is asked.
   */
  readonly runDirectory?: string | null;
}

const CAPABILITIES: Readonly<Record<ContainersEngineOptions['id'], EngineCapabilities>> = {
  podman: {
    instances: 'container',
    images: true,
    changes: 'events',
    shortLived: 'always',
    shortLivedAddresses: 'always',
    actions: 'none',
  },
  docker: {
    instances: 'container',
    images: true,
    changes: 'events',
    shortLived: 'always',
    shortLivedAddresses: 'best-effort',
    actions: 'none',
  },
};

/** Docker or Podman, read-only, through the Docker Engine API on a Unix socket. */
export function createContainersEngine(options: ContainersEngineOptions): Engine {
  return {
    id: options.id,
    capabilities: CAPABILITIES[options.id],
    observe: (signal) => new Observer(options).observe(signal),
    exportImage: (id, signal) => exportImage(options.socketPath, id, signal),
  };
}

/** One call of `observe`: what is known outlives connections, and ends with it. */
class Observer {
  readonly #options: ContainersEngineOptions;
  readonly #queue = new ObservationQueue();
  readonly #client: EngineClient;
  readonly #prepared = new PreparedRuns();
  readonly #intake: EventIntake;
  readonly #images: ImageCatalogue;
  readonly #networks: NetworkNames;
  readonly #finder: RunFinder;
  readonly #tracker: ContainerTracker;
  #api: EngineApi | null = null;
  #runDirectory: RunDirectory | null = null;
  #watermark: Instant;
  #backoffMs: number = BACKOFF_MS.first;
  #said: SourceData | null = null;

  constructor(options: ContainersEngineOptions) {
    this.#options = options;
    this.#watermark = options.clock();
    this.#client = new EngineClient(options.socketPath);
    this.#intake = new EventIntake(options.socketPath);
    const api = (): EngineApi => this.#connected();
    const labels = options.labels ?? ((): ReadonlySet<string> => new Set());
    this.#images = new ImageCatalogue({
      list: () => api().images(),
      content: (id) => api().image(id),
      labels,
    });
    this.#networks = new NetworkNames(() => api().networks());
    this.#finder = new RunFinder({
      // A request that fails now is as good as none: a lost connection is noticed elsewhere.
      inspect: (id) =>
        api()
          .container(id)
          .catch(() => null),
      networks: this.#networks,
      attachments: new Attachments({
        addressesIn: ({ id }, containerId) =>
          api()
            .addressesIn(id, containerId)
            .catch(() => []),
        clock: options.clock,
      }),
      imageIdOf: (name) => this.#images.idOf(name),
      served: servedAddresses,
      cgroupOf: controlGroupReader(),
    });
    const reporter: Reporter = { engine: options.id, node: options.node, labels };
    this.#tracker = new ContainerTracker(this.#finder, reporter, (news) => this.#queue.push(news));
  }

  async *observe(signal: AbortSignal): AsyncIterable<readonly Observation[]> {
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const end = (): void => {
      this.#queue.end();
      this.#client.close();
    };
    either.addEventListener('abort', end, { once: true });
    if (either.aborted) return;
    const running = this.#keepConnected(either);
    try {
      for (let batch = await this.#queue.take(); batch !== null; batch = await this.#queue.take())
        yield batch;
    } finally {
      ended.abort();
      await running;
      this.#runDirectory?.close();
      this.#client.close();
    }
  }

  async #keepConnected(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const attempt = new AbortController();
      try {
        await this.#connectOnce(AbortSignal.any([signal, attempt.signal]));
      } catch (error) {
        if (signal.aborted) return;
        this.#disconnected(asContainersError(error, this.#options.socketPath));
      } finally {
        attempt.abort();
        this.#client.close();
      }
      await delay(this.#backoffMs, undefined, { signal }).catch(() => {});
      this.#backoffMs = Math.min(this.#backoffMs * 2, BACKOFF_MS.most);
    }
  }

  async #connectOnce(signal: AbortSignal): Promise<void> {
    const api = await EngineApi.connect(this.#client, signal);
    this.#api = api;
    await this.#watchRunDirectory(api);
    if (this.#runDirectory !== null) await this.#networks.refresh();
    this.#say('live', null);
    const session = new Session(
      {
        api,
        tracker: this.#tracker,
        images: this.#images,
        prepared: this.#prepared,
        intake: this.#intake,
        queue: this.#queue,
        clock: this.#options.clock,
        socketPath: this.#options.socketPath,
        signal,
      },
      // A clock that was set back is behind what has been reported.
      Math.min(this.#watermark, this.#options.clock()),
    );
    try {
      await session.run(() => {
        this.#backoffMs = BACKOFF_MS.first;
      });
    } finally {
      this.#watermark = session.watermark;
    }
  }

  /** It is watched once and for all: containers come and go while the API is away. */
  async #watchRunDirectory(api: EngineApi): Promise<void> {
    if (this.#runDirectory !== null || this.#options.runDirectory === null) return;
    const path = this.#options.runDirectory ?? (await api.runDirectory());
    if (path === null) return;
    const runDirectory = new RunDirectory(path, {
      created: (id) => this.#finder.created(id),
      prepared: (id, at) => this.#prepared.add(id, at),
      unnamed: (id) => this.#finder.unnamed(id),
    });
    try {
      runDirectory.open();
    } catch {
      // Another user's, or on another machine: events and inspects remain.
      return;
    }
    this.#runDirectory = runDirectory;
    this.#finder.useRunDirectory(runDirectory);
  }

  #disconnected(error: ContainersError): void {
    const reason = error.explanation;
    if (this.#api === null) {
      this.#say('inactive', reason);
      return;
    }
    if (this.#said?.state === 'gap' && this.#said.reason === reason) return;
    this.#queue.push([{ kind: 'gap', at: this.#watermark, reason, lost: 0 }]);
    this.#say('gap', reason);
  }

  #say(state: SourceData['state'], reason: string | null): void {
    if (this.#said?.state === state && this.#said.reason === reason) return;
    const description =
      this.#api === null ? `${this.#options.id} at ${this.#options.socketPath}` : describe(this.#api.version);
    this.#said = { kind: 'engine', state, reason, description, lost: 0 };
    this.#queue.push([{ kind: 'state', data: this.#said }]);
  }

  /** Asked only by parts that work while there is a connection, or was. */
  #connected(): EngineApi {
    if (this.#api === null) throw new Error('the engine was never reached');
    return this.#api;
  }
}

const describe = ({ product, version }: EngineVersion): string => `${product} ${version}`;

/** A container's control group by its first process, unless that process is another's by now. */
function controlGroupReader(): (pid: number, containerId: string) => string | null {
  const files = createProcFiles('/proc');
  return (pid, containerId) => {
    const { path, containerId: owner } = readControlGroup(files, pid);
    return owner === containerId ? path : null;
  };
}
