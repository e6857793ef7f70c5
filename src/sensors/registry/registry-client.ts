import { createHash } from 'node:crypto';
import { SensorError } from '../sensor-error.ts';
import { Authority } from './authority.ts';
import { blobBytes } from './blob-stream.ts';
import { bodyOf } from './body.ts';
import type { CredentialLookup } from './credentials.ts';
import type { Answer } from './exchange.ts';
import { absent, lying, mayPass, tooLarge } from './failures.ts';
import {
  MANIFEST_TYPES,
  ManifestProblem,
  parseManifest,
  type Descriptor,
  type Manifest,
} from './manifest.ts';
import { isDigest, type Repository } from '../image-reference.ts';
import { pause, Transport, type TransportOptions } from './transport.ts';

/** What registries take at least, and most take at most (distribution specification, "Pushing manifests"). */
const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

/** Of 4 MB at most: more referrers than anything here looks at. */
const REFERRER_PAGES_MAX = 16;

export interface FetchedManifest {
  readonly digest: string;
  readonly manifest: Manifest;
}

export interface RegistryClientOptions extends TransportOptions {
  readonly credentials: CredentialLookup;
}

/** The read side of the OCI distribution specification 1.1; it knows no request that changes anything. */
export class RegistryClient {
  readonly #transport: Transport;
  readonly #authority: Authority;

  constructor(options: RegistryClientOptions) {
    this.#transport = new Transport(options);
    this.#authority = new Authority(this.#transport, options.credentials);
  }

  /**
   * A manifest or an index by tag or digest; its bytes are what the digest says.
   * @throws SensorError `not-found`, `too-large`, `sensor-failed`
   */
  async manifest(repository: Repository, reference: string, signal: AbortSignal): Promise<FetchedManifest> {
    for (let isAgain = false; ; isAgain = true) {
      const answer = await this.#get(repository, `manifests/${reference}`, signal, {
        accept: MANIFEST_TYPES.join(', '),
      });
      try {
        return await this.#read(answer, isDigest(reference) ? reference : null, signal);
      } catch (error) {
        // A connection that broke in the middle. Only once: what is slow would be so each time.
        if (signal.aborted || isAgain || !mayPass(error)) throw error;
        await pause(this.#transport.options.timing.backoffMs, signal);
      }
    }
  }

  /**
   * As {@link manifest}; null where the registry does not have it.
   * @throws SensorError `too-large`, `sensor-failed`
   */
  async manifestOrNull(
    repository: Repository,
    reference: string,
    signal: AbortSignal,
  ): Promise<FetchedManifest | null> {
    try {
      return await this.manifest(repository, reference, signal);
    } catch (error) {
      if (error instanceof SensorError && error.code === 'not-found') return null;
      throw error;
    }
  }

  /**
   * What is said to be attached to a manifest: by the referrers API, else by its fallback tag. Empty
   * where there is nothing.
   * @throws SensorError
   */
  async referrers(
    repository: Repository,
    digest: string,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]> {
    for (const path of [`referrers/${digest}`, `manifests/${digest.replace(':', '-')}`]) {
      const found = await this.#pages(repository, path, signal);
      if (found !== null) return found;
    }
    return [];
  }

  /** The specification's "Listing Referrers": long lists come in pages, each with a link to the next. */
  async #pages(
    repository: Repository,
    path: string,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[] | null> {
    const found = new Map<string, Descriptor>();
    let next: string | null = path;
    for (let page = 0; next !== null && page < REFERRER_PAGES_MAX; page++) {
      const answer: Answer = await this.#ask(repository, next, signal, { accept: MANIFEST_TYPES.join(', ') });
      if (answer.status !== 200) {
        answer.body.destroy();
        this.#refuseAccess(answer, repository);
        return page === 0 ? null : [...found.values()];
      }
      const { manifest } = await this.#read(answer, null, signal);
      const before = found.size;
      for (const each of manifest.kind === 'index' ? manifest.manifests : []) found.set(each.digest, each);
      next = found.size > before ? nextPage(answer, path) : null;
    }
    return [...found.values()];
  }

  /** The bytes of a blob, resumed where a connection drops, and checked: see {@link blobBytes}. */
  blob(repository: Repository, descriptor: Descriptor, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const open = (fromByte: number): Promise<Answer> =>
      this.#get(
        repository,
        `blobs/${descriptor.digest}`,
        signal,
        fromByte === 0 ? {} : { range: `bytes=${fromByte}-` },
      );
    return blobBytes(descriptor, open, this.#transport.options, signal);
  }

  /**
   * A small blob, whole.
   * @throws SensorError `too-large` for one that is larger than `bytesMax`
   */
  async blobWhole(
    repository: Repository,
    descriptor: Descriptor,
    bytesMax: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    if (descriptor.size > bytesMax) throw tooLarge(repository.registry, descriptor.digest);
    const pieces: Buffer[] = [];
    for await (const piece of this.blob(repository, descriptor, signal)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async #read(answer: Answer, expected: string | null, signal: AbortSignal): Promise<FetchedManifest> {
    const { host } = answer.url;
    const bytes = await bodyOf(answer, MANIFEST_BYTES_MAX, this.#transport.options).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw error;
      },
    );
    const digest = verifiedDigest(bytes, expected ?? saidDigest(answer), host);
    const contentType = answer.headers['content-type']?.split(';')[0]?.trim() ?? null;
    try {
      return { digest, manifest: parseManifest(bytes, contentType) };
    } catch (error) {
      if (error instanceof ManifestProblem) throw lying(host, `sent ${error.message}`, error);
      throw error;
    }
  }

  async #get(
    repository: Repository,
    path: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const answer = await this.#ask(repository, path, signal, headers);
    if (answer.status === 200 || answer.status === 206) return answer;
    answer.body.destroy();
    this.#refuseAccess(answer, repository);
    if (answer.status === 404) throw absent(`${repository.path} ${path}`);
    throw lying(answer.url.host, `answered ${answer.status} to a question for ${path}`);
  }

  /** With what was shown before, and with an answer to its challenge; to one challenge only. */
  async #ask(
    repository: Repository,
    path: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const url = new URL(`${repository.path}/${path}`, this.#transport.baseOf(repository.registry));
    const ask = (authorization: string | null): Promise<Answer> =>
      this.#transport.ask(
        { url, headers: authorization === null ? headers : { ...headers, authorization }, form: null },
        signal,
      );
    const answer = await ask(this.#authority.headerFor(repository));
    // Whom a registry sends to may not ask who we are: the password would go where that one says.
    if (answer.status !== 401 || answer.url.origin !== url.origin) return answer;
    answer.body.destroy();
    return ask(await this.#authority.answer(answer, repository, signal));
  }

  #refuseAccess(answer: Answer, repository: Repository): void {
    if (answer.status === 401 || answer.status === 403) throw this.#authority.refused(answer, repository);
  }
}

/** Only of the same list: where else a registry would like to send us is not followed. */
function nextPage({ headers, url }: Answer, path: string): string | null {
  const link = /<([^>]*)>\s*;[^,]*\brel="?next\b/.exec(String(headers['link'] ?? ''))?.[1];
  const next = link === undefined ? null : URL.parse(link, url.href);
  return next === null || next.search === '' ? null : `${path}${next.search}`;
}

function saidDigest({ headers }: Answer): string | null {
  const said = headers['docker-content-digest'];
  return typeof said === 'string' && isDigest(said) ? said : null;
}

function verifiedDigest(bytes: Buffer, expected: string | null, host: string): string {
  const algorithm = expected?.startsWith('sha512:') === true ? 'sha512' : 'sha256';
  const digest = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  if (expected !== null && expected !== digest) throw lying(host, `sent ${digest} for ${expected}`);
  return digest;
}
