import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Certificates in PEM of authorities that only this host's may be signed by; empty: it has none of its own. */
export type CertificateLookup = (host: string) => readonly string[];

/** Where docker, podman and buildah look for them, by `HOST:PORT` (containers-certs.d(5)). */
export const CERTIFICATE_DIRECTORIES: readonly string[] = ['/etc/containers/certs.d', '/etc/docker/certs.d'];

/** What can be a directory's name and leads nowhere else. */
const HOST = /^[a-z0-9[](?:[a-z0-9.\-:\]]*)$/i;

const FILES_MAX = 16;

export function certificatesFrom(directories: readonly string[]): CertificateLookup {
  return (host) => {
    if (!HOST.test(host) || host.includes('..')) return [];
    return directories.flatMap((directory) => certificatesIn(join(directory, host)));
  };
}

/** Of all that a host's certificate may be signed by: what Node knows, what this machine trusts, and its own. */
export function trustIn(own: readonly string[]): SecureContext {
  const key = own.join();
  const made = trust.get(key) ?? createSecureContext({ ca: [...trustedByAll(), ...own] });
  trust.set(key, made);
  return made;
}

function trustedByAll(): readonly string[] {
  trusted ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return trusted;
}

/** Read once: the machine's store takes 20 ms, and what is made of it 10 ms, in which nothing else goes on. */
let trusted: readonly string[] | null = null;
const trust = new Map<string, SecureContext>();

function certificatesIn(directory: string): readonly string[] {
  try {
    const files = readdirSync(directory).filter((name) => name.endsWith('.crt'));
    return files.slice(0, FILES_MAX).map((name) => readFileSync(join(directory, name), 'utf8'));
  } catch {
    return [];
  }
}
