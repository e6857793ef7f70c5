import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { makeCertificate, type Certificate } from './certificate.ts';
import { PASSWORD, startTokenService, type TokenService, USER } from './token-service.ts';

const execute = promisify(execFile);

/** Who may read: everybody, who has a password, or who has a token, which takes a password. */
export type Access = 'open' | 'password' | 'token';

export interface RegistryOptions {
  /** Speaks HTTPS, with a certificate of its own. */
  readonly secure?: boolean;
}

/** {@link USER} with {@link PASSWORD}, by bcrypt, as `htpasswd -B` writes it. */
const PASSWORD_FILE = `${USER}:$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n`;

/** Debian's registry on a free port of loopback, with a storage of its own. */
export interface Registry {
  /** `127.0.0.1:PORT`, as image names begin. */
  readonly host: string;
  readonly directory: string;
  /** containers-auth.json(5) with the password; skopeo, podman, buildah and Sheerline read it. */
  readonly authFile: string;
  /** PEM, of what signed its certificate: itself. Null: it speaks plain HTTP. */
  readonly certificate: string | null;
  /** What a token was asked for, in order; empty without tokens. */
  readonly tokensGiven: readonly string[];
  /** `skopeo copy FROM docker://HOST/NAME`. */
  push(from: string, name: string, parameters?: readonly string[]): Promise<void>;
  /** `skopeo copy docker://HOST/NAME TO`. */
  pull(name: string, to: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts one.
 * @throws Error that names the packages, when they are not installed.
 */
export async function startRegistry(
  access: Access = 'open',
  options: RegistryOptions = {},
): Promise<Registry> {
  const directory = await mkdtemp(join(tmpdir(), 'sheerline-registry-'));
  const tokens = access === 'token' ? await startTokenService(directory) : null;
  const certificate = options.secure === true ? await makeCertificate(directory, 'registry') : null;
  await mkdir(join(directory, 'storage'));
  await writeFile(join(directory, 'htpasswd'), PASSWORD_FILE);
  const configuration = join(directory, 'registry.json');
  // JSON is YAML.
  await writeFile(configuration, JSON.stringify(configurationOf({ directory, access, tokens, certificate })));
  const service = spawn('docker-registry', ['serve', configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  try {
    const host = await hostOf(service);
    const authFile = join(directory, 'auth.json');
    const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    await writeFile(authFile, JSON.stringify({ auths: { [host]: { auth } } }));
    return new OwnRegistry({ directory, host, authFile, service, tokens, certificate });
  } catch (error) {
    service.kill('SIGKILL');
    await tokens?.stop();
    throw error;
  }
}

class OwnRegistry implements Registry {
  readonly directory: string;
  readonly host: string;
  readonly authFile: string;
  readonly certificate: string | null;
  readonly #service: ChildProcess;
  readonly #tokens: TokenService | null;

  constructor(parts: {
    readonly directory: string;
    readonly host: string;
    readonly authFile: string;
    readonly service: ChildProcess;
    readonly tokens: TokenService | null;
    readonly certificate: Certificate | null;
  }) {
    this.directory = parts.directory;
    this.host = parts.host;
    this.authFile = parts.authFile;
    this.certificate = parts.certificate?.pem ?? null;
    this.#service = parts.service;
    this.#tokens = parts.tokens;
  }

  get tokensGiven(): readonly string[] {
    return this.#tokens?.given ?? [];
  }

  push(from: string, name: string, parameters: readonly string[] = []): Promise<void> {
    const access = ['--dest-tls-verify=false', '--dest-authfile', this.authFile];
    return copyImage([...access, ...parameters, from, `docker://${this.host}/${name}`]);
  }

  pull(name: string, to: string): Promise<void> {
    const access = ['--src-tls-verify=false', '--src-authfile', this.authFile];
    return copyImage([...access, `docker://${this.host}/${name}`, to]);
  }

  async stop(): Promise<void> {
    if (this.#service.exitCode === null && this.#service.signalCode === null) {
      const ended = new Promise((resolve) => this.#service.once('exit', resolve));
      this.#service.kill('SIGKILL');
      await ended;
    }
    await this.#tokens?.stop();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function copyImage(parameters: readonly string[]): Promise<void> {
  await execute('skopeo', ['copy', '--quiet', '--insecure-policy', ...parameters]).catch((cause: unknown) => {
    throw new Error('skopeo failed, or is not installed: apt-get install -y skopeo', { cause });
  });
}

function configurationOf({
  directory,
  access,
  tokens,
  certificate,
}: {
  readonly directory: string;
  readonly access: Access;
  readonly tokens: TokenService | null;
  readonly certificate: Certificate | null;
}): object {
  const tls =
    certificate === null
      ? {}
      : { tls: { certificate: certificate.certificateFile, key: certificate.keyFile } };
  const auth = {
    open: {},
    password: { auth: { htpasswd: { realm: 'test', path: join(directory, 'htpasswd') } } },
    token: { auth: { token: tokens?.configuration } },
  };
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'storage') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'of this test', ...tls },
    ...auth[access],
  };
}

/** It chooses its port itself, and says so. */
async function hostOf(service: ChildProcess): Promise<string> {
  const said: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  service.on('error', () => {
    reject(new Error('docker-registry is not installed: apt-get install -y docker-registry skopeo'));
  });
  service.on('exit', () => reject(new Error(`docker-registry ended: ${said.join('\n')}`)));
  // Asked for with `stdio`.
  const lines = createInterface({ input: service.stderr! });
  lines.on('line', (line) => {
    said.push(line);
    const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (host !== undefined) resolve(host);
  });
  return promise;
}
