import { ContainersError, garbage, type ContainersProblem } from './containers-error.ts';
import type { EngineClient } from './engine-client.ts';
import type { StreamLine } from './lines.ts';
import {
  parseContainer,
  parseContainerList,
  parseImageContent,
  parseImageList,
  parseNetworkAddresses,
  parseNetworkList,
  parseRunDirectory,
  parseVersion,
  type ContainerDetails,
  type EngineVersion,
  type ImageContent,
  type ImageSummary,
  type NetworkSubnets,
} from './wire.ts';

/** The Docker Engine API versions that this client was written for. */
const OLDEST: ApiVersion = [1, 24];
const NEWEST: ApiVersion = [1, 51];

/** An engine that works answers this in a millisecond. */
const CONTACT_TIMEOUT_MS = 3000;

const GONE: ReadonlySet<ContainersProblem> = new Set(['not-found', 'failing']);

type ApiVersion = readonly [number, number];

/** The few questions of the Docker Engine API that observing needs; all of them only read. */
export class EngineApi {
  readonly version: EngineVersion;
  readonly #client: EngineClient;
  readonly #base: string;
  /** Ends the event stream. */
  readonly #signal: AbortSignal;

  private constructor(client: EngineClient, version: EngineVersion, base: string, signal: AbortSignal) {
    this.#client = client;
    this.version = version;
    this.#base = base;
    this.#signal = signal;
  }

  /**
   * Asks for the engine's version and settles on one of the API's.
   * @throws ContainersError
   */
  static async connect(client: EngineClient, signal: AbortSignal): Promise<EngineApi> {
    const answer = await client.get('/version', CONTACT_TIMEOUT_MS).catch((error: unknown) => {
      if (error instanceof ContainersError && error.problem === 'not-found') {
        throw garbage(client.socketPath, 'it has no /version', error);
      }
      throw error;
    });
    const version = parseVersion(answer);
    if (version === null) throw garbage(client.socketPath, 'its /version names none');
    return new EngineApi(client, version, `/v${negotiate(version)}`, signal);
  }

  async containers(): Promise<readonly { readonly id: string; readonly alive: boolean }[]> {
    return parseContainerList(await this.#get('/containers/json?all=1'));
  }

  /** Null when the engine does not have it, or is just removing it: podman fails at that. */
  async container(id: string): Promise<ContainerDetails | null> {
    return this.#orNull(`/containers/${id}/json`, parseContainer);
  }

  async images(): Promise<readonly ImageSummary[]> {
    // Without `digests`: Docker gives them anyway, and podman 4.3 answers with nothing to it.
    return parseImageList(await this.#get('/images/json'));
  }

  async image(id: string): Promise<ImageContent | null> {
    return this.#orNull(`/images/${id}/json`, parseImageContent);
  }

  /** Podman only: under their own names. */
  async networks(): Promise<readonly NetworkSubnets[]> {
    return parseNetworkList(await this.#client.get('/v4.0.0/libpod/networks/json'));
  }

  /** Docker only; of the container that is attached to the network, whether or not it has started. */
  async addressesIn(networkId: string, containerId: string): Promise<readonly string[]> {
    const answer = await this.#client.getPromptly(`${this.#base}/networks/${networkId}`);
    return parseNetworkAddresses(answer, containerId);
  }

  /** Podman only; null for an engine that has none, or keeps it to itself. */
  async runDirectory(): Promise<string | null> {
    if (this.version.product !== 'podman') return null;
    return parseRunDirectory(await this.#client.get('/v4.0.0/libpod/info'));
  }

  /** Events from `sinceSeconds` (Unix time) on. */
  events(sinceSeconds: number): Promise<AsyncIterable<readonly StreamLine[]>> {
    return this.#client.stream(`${this.#base}/events?since=${sinceSeconds}`, this.#signal);
  }

  ping(timeoutMs: number): Promise<void> {
    return this.#client.ping(timeoutMs);
  }

  #get(path: string): Promise<unknown> {
    return this.#client.get(`${this.#base}${path}`);
  }

  async #orNull<T>(path: string, parse: (answer: unknown) => T): Promise<T | null> {
    try {
      return parse(await this.#get(path));
    } catch (error) {
      if (error instanceof ContainersError && GONE.has(error.problem)) return null;
      throw error;
    }
  }
}

/** The newest version that both sides know. */
export function negotiate(version: EngineVersion): string {
  const newest = apiVersion(version.apiVersion);
  const oldest = apiVersion(version.minimumApiVersion);
  const chosen = before(newest, NEWEST) ? newest : NEWEST;
  if (before(chosen, OLDEST) || before(chosen, oldest)) {
    throw new ContainersError(
      'unsupported',
      `${version.product} ${version.version} speaks the Docker API ${version.minimumApiVersion} to ${version.apiVersion}, Sheerline ${OLDEST.join('.')} to ${NEWEST.join('.')}`,
      { next: 'use versions of both that have one in common', remedy: 'stalled' },
    );
  }
  return chosen.join('.');
}

function apiVersion(text: string): ApiVersion {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return [major, minor];
}

const before = (left: ApiVersion, right: ApiVersion): boolean =>
  left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
