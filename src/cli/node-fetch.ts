import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ClientFetch, ClientResponse } from '#sdk';

/** How long a control plane may be silent: a verification of a large audit takes a while. */
const SILENCE_MS_MAX = 120_000;

/**
 * As much of `fetch` as the client needs, over a Unix socket or TCP. Node's own knows no sockets,
 * and takes 30 ms to load.
 */
export function nodeFetch(socketPath: string | null): ClientFetch {
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const options: RequestOptions = {
        method,
        headers:
          body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        ...(socketPath === null ? {} : { socketPath }),
        ...(signal === undefined ? {} : { signal }),
      };
      const send = url.startsWith('https:') ? httpsRequest : httpRequest;
      const sent = send(url, options, (response) => resolve(responseOf(response)));
      sent.on('error', reject);
      sent.setTimeout(SILENCE_MS_MAX, () =>
        sent.destroy(new Error(`no answer for ${SILENCE_MS_MAX / 1000} s`)),
      );
      sent.end(body);
    });
}

function responseOf(response: IncomingMessage): ClientResponse {
  return { status: response.statusCode ?? 0, text: () => text(response), body: response };
}
