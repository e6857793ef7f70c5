/** A repository of a registry: all that a request needs besides a tag or a digest. */
export interface Repository {
  /** As people write it, with a port where there is one: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/redis`. */
  readonly path: string;
}

export interface ImageReference extends Repository {
  /** `latest` where neither a tag nor a digest is said; null where only a digest is. */
  readonly tag: string | null;
  readonly digest: string | null;
}

/** The registry that is meant where a name says none; its API answers on a host of its own. */
const DEFAULT_REGISTRY = 'docker.io';
const DEFAULT_REGISTRY_API = `registry-1.${DEFAULT_REGISTRY}`;
const DEFAULT_REGISTRY_ALIASES: ReadonlySet<string> = new Set([
  DEFAULT_REGISTRY,
  DEFAULT_REGISTRY_API,
  `index.${DEFAULT_REGISTRY}`,
]);

/** The grammar of the distribution specification ("Pulling manifests"), for hosts that of names and ports. */
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Longer ones no registry takes: the specification's "255 characters", for host and path together. */
const NAME_LENGTH_MAX = 255;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/**
 * A name as people and engines write it, in full: `redis:7` is `docker.io/library/redis:7`.
 * Null: nothing that a registry could have.
 */
export function parseImageReference(text: string): ImageReference | null {
  const at = text.indexOf('@');
  const digest = at === -1 ? null : text.slice(at + 1);
  if (digest !== null && !isDigest(digest)) return null;
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon === -1 ? null : named.slice(colon + 1);
  if (tag !== null && !TAG.test(tag)) return null;
  const repository = parseRepository(colon === -1 ? named : named.slice(0, colon));
  if (repository === null) return null;
  return { ...repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** How it is written in full; the one form in which names are compared. */
export function formatImageReference({ registry, path, tag, digest }: ImageReference): string {
  return `${registry}/${path}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** Names and keys of one registry under the one name that is used here. */
export function canonicalRegistry(host: string): string {
  const lower = host.toLowerCase();
  return DEFAULT_REGISTRY_ALIASES.has(lower) ? DEFAULT_REGISTRY : lower;
}

/** Host and port at which a registry's API answers. */
export function apiHost(registry: string): string {
  return registry === DEFAULT_REGISTRY ? DEFAULT_REGISTRY_API : registry;
}

/** Whether a URL's or a registry's host is this machine, by its name alone. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function parseRepository(name: string): Repository | null {
  if (name.length > NAME_LENGTH_MAX) return null;
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  // Only what can't be the start of a path is a host: a dot, a port, or this machine.
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const registry = canonicalRegistry(hasHost ? first : DEFAULT_REGISTRY);
  const given = hasHost ? name.slice(slash + 1) : name;
  const path = registry === DEFAULT_REGISTRY && !given.includes('/') ? `library/${given}` : given;
  return HOST.test(registry) && PATH.test(path) ? { registry, path } : null;
}
