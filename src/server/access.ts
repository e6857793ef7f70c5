import { createHash, timingSafeEqual } from 'node:crypto';
import { ServerError } from './errors.ts';

/** How a request came in. */
export type Connection =
  /** The Unix socket: who can open the file is the owner. */
  | { readonly kind: 'socket' }
  /** Loopback, on this port. */
  | { readonly kind: 'tcp'; readonly port: number };

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Against DNS rebinding and foreign pages: the `Host` must be a name of ours, and so must the
 * `Origin`, if there is one. The socket is checked too, because people forward it to a TCP port
 * with ssh; the port in `Host` is then theirs, and no page may use it.
 *
 * @throws ServerError `host-refused`
 */
export function checkHost(headers: Headers, connection: Connection, allowedHosts: readonly string[]): void {
  const host = headers.get('host') ?? '';
  const known = connection.kind === 'tcp' ? tcpHosts(connection.port, allowedHosts) : null;
  const allowed = known ? known.includes(host.toLowerCase()) : LOOPBACK_NAMES.includes(withoutPort(host));
  if (!allowed) {
    throw new ServerError('host-refused', `this control plane does not answer to the name "${host}"`, {
      next: `use ${known ? known.slice(0, 2).join(' or ') : 'localhost'}`,
    });
  }
  const origin = headers.get('origin');
  if (origin !== null && !(known ?? []).some((name) => origin === `http://${name}`)) {
    throw new ServerError('host-refused', `pages of ${origin} may not use this control plane`);
  }
}

export function hasToken(headers: Headers, token: string): boolean {
  const given = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return given !== undefined && sameText(given, token);
}

export function notSignedIn(headers: Headers): ServerError {
  const message = headers.has('authorization')
    ? 'that token is not the one of this control plane'
    : 'this needs a token';
  return new ServerError('not-signed-in', message, {
    next: 'send "Authorization: Bearer TOKEN" with the content of the file `token` in the state directory',
  });
}

/** Compares digests, so that neither content nor length shows in the time that it takes. */
function sameText(left: string, right: string): boolean {
  const [leftDigest, rightDigest] = [left, right].map((text) => createHash('sha256').update(text).digest());
  // Both are there: the array has two elements.
  return timingSafeEqual(leftDigest!, rightDigest!);
}

function tcpHosts(port: number, allowedHosts: readonly string[]): readonly string[] {
  return [
    ...LOOPBACK_NAMES.map((name) => `${name}:${port}`),
    ...allowedHosts.map((host) => host.toLowerCase()),
  ];
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
