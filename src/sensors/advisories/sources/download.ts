import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SensorError } from '../../sensor-error.ts';
import { stampOf } from './record-source.ts';

export interface DownloadOptions {
  /** Where what has come so far lies, to go on from there another time. */
  readonly directory: string;
  /** As it came with the last one that was taken; null: none was. */
  readonly validator: string | null;
  readonly signal: AbortSignal;
  readonly fetch: typeof globalThis.fetch;
  readonly limits: DownloadLimits;
}

export interface DownloadLimits {
  readonly bytes: number;
  readonly redirects: number;
  /** Connections in one call: one that breaks is taken up again by the next. */
  readonly attempts: number;
  /** Between two chunks, and before the first. */
  readonly silenceMs: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = {
  // All of osv.dev has 1.5 GB packed.
  bytes: 17_179_869_184,
  redirects: 5,
  attempts: 5,
  silenceMs: 60_000,
};

export interface Download {
  readonly path: string;
  /** To ask next time whether it changed; null: the server gives nothing to ask with. */
  readonly validator: string | null;
  /** Removes the file. */
  remove(): Promise<void>;
}

/**
 * Gets a URL into a file; null when it is what `validator` says. What broke off is taken up where it
 * stopped, within one call and in the next, if the server says that it is still the same.
 *
 * @throws SensorError
 */
export async function download(url: string, options: DownloadOptions): Promise<Download | null> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const part = new PartFile(join(options.directory, stampOf(url).toString(16)));
  await part.removeLeft();
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptDownload(url, part, options);
    } catch (error) {
      if (isDiskFull(error)) {
        await part.remove();
        throw noRoom(url, options.directory, error);
      }
      const isFinal = error instanceof SensorError && error.remedy !== 'retry';
      if (isFinal || options.signal.aborted || attempt >= options.limits.attempts)
        throw translated(url, error);
    }
  }
}

interface Validator {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** What has come of a download, and of which version of the URL's content it is. */
class PartFile {
  readonly path: string;
  /** Where it lies once it is whole. */
  readonly #done: string;

  constructor(path: string) {
    this.path = `${path}.part`;
    this.#done = `${path}.done`;
  }

  /** One that is whole was left by a process that was killed while it read it. */
  async removeLeft(): Promise<void> {
    await rm(this.#done, { force: true });
  }

  /** Null: there is nothing to go on from. */
  async begun(): Promise<{ readonly bytes: number; readonly version: string } | null> {
    try {
      const version = await readFile(`${this.path}.version`, 'utf8');
      const { size } = await stat(this.path);
      return size > 0 && version !== '' ? { bytes: size, version } : null;
    } catch {
      return null;
    }
  }

  async begin(version: string | null): Promise<void> {
    await rm(this.path, { force: true });
    await writeFile(`${this.path}.version`, version ?? '', { mode: 0o600 });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(`${this.path}.version`, { force: true });
  }

  async finish(): Promise<string> {
    await rename(this.path, this.#done);
    await rm(`${this.path}.version`, { force: true });
    return this.#done;
  }
}

async function attemptDownload(
  url: string,
  part: PartFile,
  options: DownloadOptions,
): Promise<Download | null> {
  const silence = new Silence(options);
  try {
    const begun = await part.begun();
    const headers = begun === null ? conditionsOf(options.validator) : resumptionOf(begun);
    const response = await request(url, headers, silence.signal, options);
    if (response.status === 304) return null;
    const offset = await offsetOf(url, response, part, begun?.bytes ?? 0);
    if (!response.ok || response.body === null) throw refusal(url, response.status);
    const validator = validatorOf(response);
    if (offset === 0) await part.begin(versionOf(validator));
    await receive(
      counted(url, response.body, { offset, silence, limits: options.limits }),
      part.path,
      offset,
    );
    const path = await part.finish();
    return {
      path,
      validator:
        validator.etag === null && validator.lastModified === null ? null : JSON.stringify(validator),
      remove: () => rm(path, { force: true }),
    };
  } finally {
    silence.end();
  }
}

/** Where the answer's bytes belong in the file; what does not fit what is there begins anew. */
async function offsetOf(url: string, response: Response, part: PartFile, begun: number): Promise<number> {
  if (response.status !== 206 && response.status !== 416) return 0;
  if (response.status === 206 && begun > 0 && resumesAt(response) === begun) return begun;
  await part.begin(null);
  throw new SensorError('sensor-failed', `${url} cannot be resumed.`, { remedy: 'retry' });
}

/** Redirects by hand: only so many, and only to where a person could have pointed as well. */
async function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  options: DownloadOptions,
): Promise<Response> {
  let target = url;
  for (let redirects = 0; redirects <= options.limits.redirects; redirects++) {
    const response = await options.fetch(target, {
      // As it is stored: else what is resumed would not fit.
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'sheerline' },
      redirect: 'manual',
      signal,
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    target = redirected(target, location);
  }
  throw new SensorError('sensor-failed', `${url} redirects more than ${options.limits.redirects} times.`);
}

function redirected(from: string, location: string): string {
  const target = URL.parse(location, from);
  const isSafe = target?.protocol === 'https:' || (target?.protocol === 'http:' && from.startsWith('http:'));
  if (target !== null && isSafe) return target.href;
  throw new SensorError(
    'sensor-failed',
    `${from} redirects to what is not https: ${location.slice(0, 200)}.`,
  );
}

async function receive(chunks: AsyncIterable<Uint8Array>, path: string, offset: number): Promise<void> {
  const file = await open(path, offset > 0 ? 'a' : 'w', 0o600);
  try {
    // Each before the next: what has come when the connection breaks is there to go on from.
    for await (const chunk of chunks) await file.appendFile(chunk);
  } finally {
    await file.close();
  }
}

async function* counted(
  url: string,
  body: NonNullable<Response['body']>,
  {
    offset,
    silence,
    limits,
  }: { readonly offset: number; readonly silence: Silence; readonly limits: DownloadLimits },
): AsyncIterable<Uint8Array> {
  let bytes = offset;
  for await (const chunk of body) {
    silence.broken();
    bytes += chunk.length;
    if (bytes > limits.bytes)
      throw new SensorError('too-large', `${url} is larger than ${limits.bytes} bytes.`);
    yield chunk;
  }
}

/** Aborts when nothing comes for too long, or when the caller does. */
class Silence {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor({ signal, limits }: DownloadOptions) {
    const silent = new SensorError('sensor-failed', 'Nothing came for too long.', { remedy: 'retry' });
    this.#timer = setTimeout(() => this.#controller.abort(silent), limits.silenceMs);
    this.#timer.unref();
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  broken(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function conditionsOf(validator: string | null): Readonly<Record<string, string>> {
  const { etag = null, lastModified = null } = parseValidator(validator);
  return {
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  };
}

function parseValidator(validator: string | null): Partial<Validator> {
  try {
    // Written by `attemptDownload`; anything else asks without conditions.
    return validator === null ? {} : ((JSON.parse(validator) ?? {}) as Partial<Validator>);
  } catch {
    return {};
  }
}

function validatorOf(response: Response): Validator {
  return { etag: response.headers.get('etag'), lastModified: response.headers.get('last-modified') };
}

/** Only a strong tag says that the bytes are the same; null: it cannot be resumed. */
function versionOf({ etag, lastModified }: Validator): string | null {
  return etag !== null && !etag.startsWith('W/') ? etag : etag === null ? lastModified : null;
}

function resumptionOf(begun: {
  readonly bytes: number;
  readonly version: string;
}): Readonly<Record<string, string>> {
  return { range: `bytes=${begun.bytes}-`, 'if-range': begun.version };
}

function resumesAt(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? -1);
}

function refusal(url: string, status: number): SensorError {
  if (status === 404 || status === 410)
    return new SensorError('not-found', `${url} is not there (${status}).`);
  const remedy = status >= 500 || status === 429 ? 'retry' : 'stalled';
  return new SensorError('sensor-failed', `${url} answered ${status}.`, { remedy });
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** What has come is not kept to go on from: the state of the control plane mostly lies on the same disk. */
function noRoom(url: string, directory: string, cause: unknown): SensorError {
  return new SensorError('sensor-failed', `There is no room for ${url} on the disk of ${directory}.`, {
    cause,
    next: 'Make room, and sync again.',
    remedy: 'wait',
  });
}

function translated(url: string, error: unknown): unknown {
  if (error instanceof SensorError) return error;
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = inner instanceof Error ? inner.message : 'the connection broke';
  return new SensorError('sensor-failed', `${url} could not be read: ${reason}.`, {
    cause: error,
    remedy: 'retry',
  });
}
