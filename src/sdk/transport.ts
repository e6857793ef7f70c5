import type { ErrorAnswer } from '#model';
import { ClientError, errorOfAnswer } from './errors.ts';

/** As much of `fetch` as the client needs, so that it runs in browsers and over Unix sockets. */
export type ClientFetch = (url: string, request: ClientRequest) => Promise<ClientResponse>;

export interface ClientRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

export interface ClientResponse {
  readonly status: number;
  text(): Promise<string>;
  readonly body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null;
}

export interface ClientOptions {
  readonly fetch: ClientFetch;
  /** Without a slash at the end: `http://127.0.0.1:7420`. */
  readonly baseUrl: string;
  /** Null over the Unix socket. */
  readonly token: string | null;
  /** How messages call it; without one by its URL: `the control plane at URL`. */
  readonly name?: string;
  /** What starts it; without it `sheer up`. */
  readonly startedBy?: string;
}

/** Undefined and null values are left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

export interface Transport {
  /**
   * The answer as JSON; `Answer` is what the route promises.
   *
   * @throws ClientError with the code that the control plane gave, or `control-plane-unreachable`
   */
  readonly json: <Answer>(call: Call) => Promise<Answer>;
  readonly text: (call: Call) => Promise<string>;
  /** The answer's text in pieces, as they come. */
  readonly pieces: (call: Call) => AsyncGenerator<string, void>;
}

export function createTransport(options: ClientOptions): Transport {
  async function send(call: Call): Promise<ClientResponse> {
    const response = await options
      .fetch(options.baseUrl + call.path + queryText(call.query ?? {}), requestOf(call, options.token))
      .catch((error: unknown) => {
        throw unreachable(options, error);
      });
    if (response.status < 200 || response.status > 299) throw await errorOf(response);
    return response;
  }

  async function text(call: Call): Promise<string> {
    const response = await send(call);
    return response.text().catch((error: unknown) => {
      throw unreachable(options, error);
    });
  }

  return {
    text,
    // The control plane's tests check each answer against the schema of its type.
    json: async <Answer>(call: Call) => parseAnswer(await text(call), options) as Answer,
    async *pieces(call) {
      const { body } = await send(call);
      const decoder = new TextDecoder();
      try {
        for await (const part of body === null ? [] : iterate(body))
          yield decoder.decode(part, { stream: true });
      } catch (error) {
        throw unreachable(options, error);
      }
    },
  };
}

/** Something else may answer at an address that was given by hand. */
function parseAnswer(text: string, { baseUrl }: ClientOptions): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `what answers at ${baseUrl} is no control plane`;
    throw new ClientError('control-plane-unreachable', message, { cause });
  }
}

function requestOf(call: Call, token: string | null): ClientRequest {
  const headers: Record<string, string> = { ...call.headers };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  if (call.json !== undefined) headers['content-type'] = 'application/json';
  if (call.bytes !== undefined) headers['content-type'] = 'application/octet-stream';
  const body = call.json === undefined ? call.bytes : JSON.stringify(call.json);
  return {
    method: call.method ?? 'GET',
    headers,
    ...(body === undefined ? {} : { body }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  };
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function errorOf(response: ClientResponse): Promise<ClientError> {
  const text = await response.text().catch(() => '');
  const error = parseError(text);
  if (error === null) {
    return new ClientError(
      'control-plane-unreachable',
      `no control plane answered there (HTTP ${response.status})`,
    );
  }
  return errorOfAnswer(error);
}

function parseError(text: string): ErrorAnswer['error'] | null {
  try {
    const answer = JSON.parse(text) as Partial<ErrorAnswer> | null;
    return typeof answer?.error?.message === 'string' ? answer.error : null;
  } catch {
    return null;
  }
}

function unreachable({ name, baseUrl, startedBy }: ClientOptions, cause: unknown): ClientError {
  const subject = name ?? `the control plane at ${baseUrl}`;
  return new ClientError('control-plane-unreachable', `${subject} can't be reached`, {
    cause,
    next: startedBy ?? 'sheer up',
  });
}

/** Not every browser iterates over a stream by itself. */
async function* iterate(
  body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  if (!('getReader' in body)) {
    yield* body;
    return;
  }
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
