import { request, type IncomingMessage } from 'node:http';
import { asContainersError, ContainersError, garbage } from './containers-error.ts';
import { readLines, type StreamLine } from './lines.ts';
import { Pipeline } from './pipeline.ts';
import { ResponseError } from './response-reader.ts';

/**
 * A request that takes longer is a hanging engine. Podman's slowest answer of normal work is the
 * list of ten thousand containers, under 3 s.
 */
const TIMEOUT_MS = 10_000;

/** Ten thousand containers with 3 kB of labels each stay below half of it. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Podman answers with one lock per container and is bound by its CPU from four requests on. */
const CONNECTIONS_MAX = 8;

/**
 * The own small HTTP client: GET on a Unix socket, bounded in time and size. It can't change
 * anything, because it knows no other method.
 */
export class EngineClient {
  readonly socketPath: string;
  #connections: Pipeline[] = [];
  /** For {@link getPromptly}. */
  #prompt: Pipeline | null = null;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  /**
   * The parsed answer of `GET path`.
   * @throws ContainersError `not-found` for a 404, another problem for every other failure.
   */
  async get(path: string, timeoutMs: number = TIMEOUT_MS): Promise<unknown> {
    return this.#parse(path, await this.#exchange(path, timeoutMs, this.#connection()));
  }

  /**
   * As {@link get}, for questions that the engine answers at once: they wait for each other only.
   * Docker answers an inspect of a container that starts when it has started, and on one connection
   * all answers come in order.
   */
  async getPromptly(path: string): Promise<unknown> {
    return this.#parse(path, await this.#exchange(path, TIMEOUT_MS, this.#promptConnection()));
  }

  /** Whether it still answers. */
  async ping(timeoutMs: number): Promise<void> {
    await this.#exchange('/_ping', timeoutMs, this.#promptConnection());
  }

  /**
   * The lines of an answer that does not end, until `signal` aborts. Resolves when its head has
   * arrived; what happens from then on is in it.
   * @throws ContainersError when it can't be opened; while reading, when the connection ends.
   */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<readonly StreamLine[]>> {
    const response = await this.#openStream(path, signal);
    if (response.statusCode !== 200) {
      response.destroy();
      throw garbage(this.socketPath, `GET ${path} answered ${response.statusCode}`);
    }
    return this.#follow(response);
  }

  /** Ends all connections; whoever waits for an answer is told that there was none. */
  close(): void {
    for (const connection of this.#connections.splice(0)) connection.fail(null);
    this.#prompt?.fail(null);
  }

  #parse(path: string, body: Buffer): unknown {
    try {
      return JSON.parse(body.toString('utf8'));
    } catch (cause) {
      throw garbage(this.socketPath, `GET ${path} gave no JSON`, cause);
    }
  }

  async *#follow(response: IncomingMessage): AsyncIterable<readonly StreamLine[]> {
    try {
      yield* readLines(response);
    } catch (error) {
      throw asContainersError(error, this.socketPath);
    }
  }

  async #exchange(path: string, timeoutMs: number, connection: Pipeline): Promise<Buffer> {
    const timer = setTimeout(() => connection.fail(hanging(this.socketPath, timeoutMs)), timeoutMs);
    try {
      const { status, body } = await connection.get(path);
      if (status === 404) throw new ContainersError('not-found', `the engine has no ${path}`);
      if (status >= 500) throw failing(this.socketPath, path, status);
      if (status !== 200) throw garbage(this.socketPath, `GET ${path} answered ${status}`);
      return body;
    } catch (error) {
      throw this.#explain(error, path);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The one with the fewest requests under way; a new one while there may be more. */
  #connection(): Pipeline {
    this.#connections = this.#connections.filter(({ closed }) => !closed);
    let best: Pipeline | null = null;
    for (const connection of this.#connections) {
      if (best === null || connection.waiting < best.waiting) best = connection;
    }
    if (best !== null && (best.waiting === 0 || this.#connections.length >= CONNECTIONS_MAX)) return best;
    const fresh = new Pipeline(this.socketPath, BODY_BYTES_MAX);
    this.#connections.push(fresh);
    return fresh;
  }

  #promptConnection(): Pipeline {
    if (this.#prompt === null || this.#prompt.closed) {
      this.#prompt = new Pipeline(this.socketPath, BODY_BYTES_MAX);
    }
    return this.#prompt;
  }

  #explain(error: unknown, path: string): ContainersError {
    if (!(error instanceof ResponseError)) return asContainersError(error, this.socketPath);
    if (error.problem === 'too-large') return tooLarge(this.socketPath, path);
    return garbage(this.socketPath, error.message, error);
  }

  #openStream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        socketPath: this.socketPath,
        path,
        headers: { host: 'localhost' },
        signal,
        agent: false,
      });
      const timer = setTimeout(() => outgoing.destroy(hanging(this.socketPath, TIMEOUT_MS)), TIMEOUT_MS);
      outgoing.once('response', (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      outgoing.on('error', (error) => {
        clearTimeout(timer);
        reject(asContainersError(error, this.socketPath));
      });
      outgoing.end();
    });
  }
}

const hanging = (socketPath: string, timeoutMs: number): ContainersError =>
  new ContainersError('hanging', `the engine at ${socketPath} has not answered for ${timeoutMs / 1000} s`, {
    next: 'see whether `podman ps` or `docker ps` answers; restart the engine if it does not',
  });

const failing = (socketPath: string, path: string, status: number): ContainersError =>
  new ContainersError('failing', `the engine at ${socketPath} failed at ${path} with ${status}`, {
    next: 'see its own log',
  });

const tooLarge = (socketPath: string, path: string): ContainersError =>
  new ContainersError('too-large', `the answer of ${socketPath} to ${path} is larger than 64 MB`, {
    next: 'remove exited containers and unused images that nobody needs',
  });
