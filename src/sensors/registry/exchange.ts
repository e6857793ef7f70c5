import { request as plainRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as secureRequest, type Agent } from 'node:https';
import type { SecureContext } from 'node:tls';
import { SensorError } from '../sensor-error.ts';
import { distrusted, unencrypted, unreachable } from './failures.ts';

export interface Question {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST as a form; null: GET. */
  readonly form: URLSearchParams | null;
}

export interface ExchangeOptions {
  readonly answerMs: number;
  /** By whom the certificate of the URL's host may be signed. */
  readonly trust: (host: string) => SecureContext;
  /** Holds connections that were made on this trust. */
  readonly agent: Agent;
}

/** The head of an answer; whoever gets it reads the body or destroys it. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/**
 * One question, one answer: no redirects, no retries.
 * @throws SensorError with remedy `retry`; what `signal` was aborted with
 */
export function exchange(
  question: Question,
  { answerMs, trust, agent }: ExchangeOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const { url, headers, form } = question;
  const payload = form?.toString() ?? null;
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const outgoing = (isSecure ? secureRequest : plainRequest)(url, {
      ...(isSecure ? { secureContext: trust(url.host), agent } : {}),
      method: payload === null ? 'GET' : 'POST',
      headers: payload === null ? headers : { ...headers, ...formHeaders(payload) },
      signal,
    });
    const timer = setTimeout(() => {
      outgoing.destroy(unreachable(url.host, `has not answered for ${answerMs / 1000} s`));
    }, answerMs);
    outgoing.once('response', (body) => {
      clearTimeout(timer);
      resolve({ url, status: body.statusCode ?? 0, headers: body.headers, body });
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(signal.aborted ? signal.reason : explain(url, error));
    });
    outgoing.end(payload ?? undefined);
  });
}

const formHeaders = (payload: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/x-www-form-urlencoded',
  'content-length': String(Buffer.byteLength(payload)),
});

/** What OpenSSL says of certificates, in Node's names. */
const DISTRUST = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_VERIFY/;

/** What it says, under the code of any broken protocol, where an answer is no TLS at all. */
const NO_TLS = /:(?:wrong version number|packet length too long|http request):/;

function explain(url: URL, error: Error): Error {
  if (error instanceof SensorError) return error;
  if ('code' in error && DISTRUST.test(String(error.code))) return distrusted(url.host, error);
  if (NO_TLS.test(error.message)) return unencrypted(url.host, error);
  return unreachable(url.host, `can't be reached: ${error.message}`, error);
}
