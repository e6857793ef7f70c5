import { Agent, request, type IncomingMessage } from 'node:http';
import { asContainersError, ContainersError, garbage } from './containers-error.ts';
import { readLines, type StreamLine } from './lines.ts';

/** A request that takes longer is a hanging engine. Podman's slowest answer of normal work is the
 * list of ten thousand containers, under 3 s. */
const TIMEOUT_MS = 10_000;

/** Ten thousand containers with 3 kB of labels each stay below half of it. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Requests at once. Podman serves inspects with one lock per container and is bound by CPU from 4. */
const CONNECTIONS_MAX = 8;

export interface RequestOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The own small HTTP client: GET on a Unix socket, bounded in time and size. It can't change
 * anything, because it knows no other method.
 */
export class EngineClient {
  readonly socketPath: string;
  readonly #agent: Agent;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.#agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  }

  /**
   * The parsed answer of `GET path`.
   * @throws ContainersError `not-found` for a 404, another problem for every other failure.
   */
  async get(path: string, options: RequestOptions = {}): Promise<unknown> {
    const body = await this.#exchange(path, options);
    try {
      return JSON.parse(body);
    } catch (cause) {
      throw garbage(this.socketPath, `GET ${path} gave no JSON`, cause);
    }
  }

  /** Whether it still answers. */
  async ping(timeoutMs: number, signal: AbortSignal): Promise<void> {
    await this.#exchange('/_ping', { timeoutMs, signal });
  }

  /**
   * The lines of an answer that does not end, until `signal` aborts. Resolves when its head has
   * arrived; what happens from then on is in it.
   * @throws ContainersError when it can't be opened; while reading, when the connection ends.
   */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<readonly StreamLine[]>> {
    const response = await this.#open(path, { signal }, null);
    if (response.statusCode !== 200) {
      response.destroy();
      throw garbage(this.socketPath, `GET ${path} answered ${response.statusCode}`);
    }
    return this.#follow(response);
  }

  close(): void {
    this.#agent.destroy();
  }

  async *#follow(response: IncomingMessage): AsyncIterable<readonly StreamLine[]> {
    try {
      yield* readLines(response);
    } catch (error) {
      throw asContainersError(error, this.socketPath);
    }
  }

  /** The body of a `200`. */
  async #exchange(path: string, options: RequestOptions): Promise<string> {
    const response = await this.#open(path, options, this.#agent);
    const body = await this.#body(response, path);
    const status = response.statusCode ?? 0;
    if (status === 404) throw new ContainersError('not-found', `the engine has no ${path}`);
    if (status >= 500) throw failing(this.socketPath, path, status);
    if (status !== 200) throw garbage(this.socketPath, `GET ${path} answered ${status}`);
    return body;
  }

  /** The time limit holds for the whole answer; of a stream, for its head. */
  #open(path: string, options: RequestOptions, agent: Agent | null): Promise<IncomingMessage> {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    return new Promise((resolve, reject) => {
      let late: ContainersError | null = null;
      let answer: IncomingMessage | null = null;
      const outgoing = request({
        socketPath: this.socketPath,
        path,
        headers: { host: 'localhost', accept: 'application/json' },
        agent: agent ?? false,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const timer = setTimeout(() => {
        late = hanging(this.socketPath, timeoutMs);
        if (answer === null) outgoing.destroy(late);
        else answer.destroy(late);
      }, timeoutMs);
      outgoing.once('response', (response) => {
        answer = response;
        if (agent === null) clearTimeout(timer);
        else response.once('close', () => clearTimeout(timer));
        resolve(response);
      });
      outgoing.on('error', (error) => {
        clearTimeout(timer);
        reject(late ?? asContainersError(error, this.socketPath));
      });
      outgoing.end();
    });
  }

  #body(response: IncomingMessage, path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > BODY_BYTES_MAX) response.destroy(tooLarge(this.socketPath, path));
      });
      response.once('end', () => resolve(Buffer.concat(chunks, size).toString('utf8')));
      response.once('error', (error) => reject(asContainersError(error, this.socketPath)));
      response.once('close', () => {
        if (!response.complete) reject(asContainersError(null, this.socketPath));
      });
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
