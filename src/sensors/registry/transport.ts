import { Agent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#model';
import { SensorError } from '../sensor-error.ts';
import { trustIn, type CertificateLookup } from './certificates.ts';
import { exchange, type Answer, type Question } from './exchange.ts';
import { lying, mayPass, refusedTarget, unreachable } from './failures.ts';
import { apiHost, canonicalRegistry, isLoopback } from '../image-reference.ts';
import type { RegistryTiming } from './timing.ts';

/** Registries send to a blob store, which may send on once more. */
const REDIRECTS_MAX = 5;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What a server says that may be better in a moment. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export interface TransportOptions {
  readonly timing: RegistryTiming;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Hosts, with a port where there is one, with which plain HTTP may be spoken; loopback always may. */
  readonly insecure: readonly string[];
  readonly certificates: CertificateLookup;
}

/** As Node's own agents do: servers close idle connections soon after. */
const UNUSED_MS = 5_000;

type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly failure: SensorError; readonly afterMs: number | null };

/** Questions over HTTP with redirects and retries; what it may not speak to it refuses before it connects. */
export class Transport {
  readonly options: TransportOptions;
  readonly #insecure: ReadonlySet<string>;
  /** Not everybody's: a connection is only used again by those who trust whom it was made with. */
  readonly #agent = new Agent({ keepAlive: true, timeout: UNUSED_MS });

  constructor(options: TransportOptions) {
    this.options = options;
    this.#insecure = new Set(options.insecure.map((host) => apiHost(canonicalRegistry(host))));
  }

  /** Where a registry's API is: over HTTPS, unless plain HTTP is fine and it has no certificates of its own. */
  baseOf(registry: string): URL {
    const host = apiHost(registry);
    const isPlain = this.#plainIsFine(host) && this.options.certificates(host).length === 0;
    return new URL(`${isPlain ? 'http' : 'https'}://${host}/v2/`);
  }

  /**
   * The answer, after redirects; not of a status that may be better in a moment.
   * @throws SensorError when all attempts failed
   */
  async ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const { timing, random } = this.options;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(question, signal);
      if (outcome.kind === 'answer') return outcome.answer;
      if (attempt >= timing.attemptsMax) throw outcome.failure;
      const backoffMs = timing.backoffMs * 2 ** (attempt - 1) * (0.5 + random() / 2);
      await pause(outcome.afterMs ?? backoffMs, signal);
    }
  }

  async #attempt(question: Question, signal: AbortSignal): Promise<Outcome> {
    try {
      const answer = await this.#follow(question, signal);
      return PASSING.has(answer.status) ? this.#notNow(answer) : { kind: 'answer', answer };
    } catch (error) {
      if (error instanceof SensorError && mayPass(error) && !signal.aborted) {
        return { kind: 'failed', failure: error, afterMs: null };
      }
      throw error;
    }
  }

  async #follow(question: Question, signal: AbortSignal): Promise<Answer> {
    let current = question;
    const { timing, certificates } = this.options;
    const options = {
      answerMs: timing.answerMs,
      trust: (host: string) => trustIn(certificates(host)),
      agent: this.#agent,
    };
    this.#admit(question.url, question.url);
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const answer = await exchange(current, options, signal);
      const target = targetOf(answer);
      if (target === null || question.form !== null) return answer;
      answer.body.destroy();
      this.#admit(target, question.url);
      current = { ...question, url: target, headers: headersFor(target, question) };
    }
    throw lying(question.url.host, 'sends from one place to the next without an end');
  }

  #notNow(answer: Answer): Outcome {
    answer.body.destroy();
    const { retryAfterMsMax } = this.options.timing;
    const afterMs = retryAfterMs(answer.headers['retry-after'], this.options.clock());
    const failure = unreachable(answer.url.host, `answered ${answer.status}${sayPatience(afterMs)}`);
    if (afterMs !== null && afterMs > retryAfterMsMax) throw tooPatient(failure);
    return { kind: 'failed', failure, afterMs };
  }

  #admit(url: URL, asked: URL): void {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
      throw refusedTarget(
        `the registry at ${asked.host} sends to ${url.protocol}, which is not followed`,
        SEE,
      );
    }
    if (url.protocol === 'http:' && !this.#plainIsFine(url.host)) {
      throw refusedTarget(
        `${url.host} is to be asked without encryption, which is only done on this machine`,
        `if its network is trusted: sheer up --insecure-registry ${url.host}`,
      );
    }
    if (isLoopback(url.host) && !isLoopback(asked.host)) {
      throw refusedTarget(`the registry at ${asked.host} sends to ${url.host}, which is this machine`, SEE);
    }
  }

  #plainIsFine(host: string): boolean {
    return isLoopback(host) || this.#insecure.has(host);
  }
}

const SEE = 'look at what stands between here and the registry';

/** A failure for good as far as this question goes: the loop comes back later. */
const tooPatient = (failure: SensorError): SensorError =>
  new SensorError('sensor-failed', failure.message, { remedy: 'wait', next: 'it is tried again later' });

const sayPatience = (afterMs: number | null): string =>
  afterMs === null ? '' : ` and asks for ${Math.ceil(afterMs / 1000)} s of patience`;

function targetOf({ status, headers, url }: Answer): URL | null {
  if (!REDIRECTS.has(status) || headers.location === undefined) return null;
  return URL.parse(headers.location, url.href);
}

/** A blob store is another's: what proves who we are to the registry is not for it. */
function headersFor(target: URL, { url, headers }: Question): Readonly<Record<string, string>> {
  if (target.origin === url.origin) return headers;
  const { authorization: _, ...rest } = headers;
  return rest;
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** @throws what `signal` was aborted with */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}
