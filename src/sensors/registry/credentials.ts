import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalRegistry, type Repository } from '../image-reference.ts';

/** Shows itself to nobody by accident. */
class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }
}

export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: Secret }
  /** A refresh token of OAuth 2, as `docker login` keeps it for some registries. */
  | { readonly kind: 'identity-token'; readonly token: Secret }
  /** Kept by a helper program, which is not run. */
  | { readonly kind: 'helper'; readonly program: string; readonly file: string }
  | { readonly kind: 'none' };

/** What to show to the registry of a repository. */
export type CredentialLookup = (repository: Repository) => Credentials;

/** Files of a thousand registries stay below a tenth of it. */
const FILE_BYTES_MAX = 1024 * 1024;

/** The files in which docker, podman, buildah and skopeo keep what their `login` was told, first wins. */
export function credentialFiles(
  environment: Readonly<NodeJS.ProcessEnv>,
  user: number | null = process.getuid?.() ?? null,
): readonly string[] {
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, DOCKER_CONFIG, HOME } = environment;
  const files: string[] = [];
  if (REGISTRY_AUTH_FILE !== undefined) files.push(REGISTRY_AUTH_FILE);
  if (XDG_RUNTIME_DIR !== undefined) files.push(join(XDG_RUNTIME_DIR, 'containers', 'auth.json'));
  // Where podman puts it for root, and for others without a session.
  else if (user !== null) files.push(`/run/containers/${user}/auth.json`);
  if (XDG_CONFIG_HOME !== undefined) files.push(join(XDG_CONFIG_HOME, 'containers', 'auth.json'));
  if (HOME !== undefined) files.push(join(HOME, '.config', 'containers', 'auth.json'));
  if (DOCKER_CONFIG !== undefined) files.push(join(DOCKER_CONFIG, 'config.json'));
  if (HOME !== undefined) files.push(join(HOME, '.docker', 'config.json'));
  return files;
}

/** Looks into the files anew for each lookup: a `login` is known at once. What is no such file is passed over. */
export function credentialsFrom(files: readonly string[]): CredentialLookup {
  return (repository) => {
    let helper: Credentials | null = null;
    for (const file of files) {
      const found = lookUp(readConfiguration(file), repository, file);
      if (found.kind === 'helper') helper ??= found;
      else if (found.kind !== 'none') return found;
    }
    return helper ?? { kind: 'none' };
  };
}

function readConfiguration(file: string): Readonly<Record<string, unknown>> {
  try {
    const status = statSync(file);
    if (!status.isFile() || status.size > FILE_BYTES_MAX) return {};
    return record(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

function lookUp(
  configuration: Readonly<Record<string, unknown>>,
  repository: Repository,
  file: string,
): Credentials {
  const entries = Object.entries(record(configuration['auths'])).map(
    ([key, value]) => [placeOf(key), credentialsOf(record(value))] as const,
  );
  for (const place of placesOf(repository)) {
    const found = entries.find(([key, { kind }]) => key === place && kind !== 'none');
    if (found !== undefined) return found[1];
  }
  const helpers = Object.entries(record(configuration['credHelpers']));
  const program =
    helpers.find(([key]) => placeOf(key) === repository.registry)?.[1] ?? configuration['credsStore'];
  return typeof program === 'string' ? { kind: 'helper', program, file } : { kind: 'none' };
}

/** From the repository up to its registry: containers-auth.json(5) knows both, docker the latter. */
function* placesOf({ registry, path }: Repository): Iterable<string> {
  const parts = path.split('/');
  for (let length = parts.length; length >= 0; length--) {
    yield [registry, ...parts.slice(0, length)].join('/');
  }
}

/** `https://index.…/v1/` of docker, `host:5000/path` of containers. */
function placeOf(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  const [host = '', ...path] = bare.split('/');
  return [canonicalRegistry(host), ...path].join('/');
}

function credentialsOf(entry: Readonly<Record<string, unknown>>): Credentials {
  const { auth, identitytoken, username, password } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    return { kind: 'identity-token', token: new Secret(identitytoken) };
  }
  if (typeof auth === 'string' && auth !== '') return decoded(auth);
  if (typeof username !== 'string' || typeof password !== 'string') return { kind: 'none' };
  return { kind: 'password', user: username, password: new Secret(password) };
}

function decoded(auth: string): Credentials {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return { kind: 'none' };
  const password = new Secret(text.slice(colon + 1).replace(/\0+$/, ''));
  return { kind: 'password', user: text.slice(0, colon), password };
}

/** A JSON object, or an empty one for all else. */
function record(value: unknown): Readonly<Record<string, unknown>> {
  // Any object can be read as a record of what nobody knows.
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
