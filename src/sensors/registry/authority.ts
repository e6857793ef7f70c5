import { bodyOf } from './body.ts';
import { parseChallenges, type Challenge } from './challenge.ts';
import type { CredentialLookup, Credentials } from './credentials.ts';
import type { Answer } from './exchange.ts';
import { denied, lying } from './failures.ts';
import { apiHost, isLoopback, type Repository } from '../image-reference.ts';
import type { Transport } from './transport.ts';

/** Tokens of hosted registries take 5 kB. */
const TOKEN_BYTES_MAX = 1024 * 1024;

/** The distribution token specification: without `expires_in` a token holds for a minute. */
const TOKEN_SECONDS = 60;
/** One that is about to expire would on its way. */
const MARGIN_MS = 10_000;

/** The token specification wants a name of whoever asks. */
const CLIENT_ID = 'sheerline';

type Bearer = Extract<Challenge, { kind: 'bearer' }>;

interface Held {
  readonly header: string;
  readonly untilMs: number;
}

/** Knows what to say to a registry that asks who we are; anonymous where nobody logged in. */
export class Authority {
  readonly #transport: Transport;
  readonly #lookup: CredentialLookup;
  readonly #held = new Map<string, Held>();

  constructor(transport: Transport, lookup: CredentialLookup) {
    this.#transport = transport;
    this.#lookup = lookup;
  }

  /** The `authorization` header that worked before and has not expired. */
  headerFor(repository: Repository): string | null {
    const held = this.#held.get(keyOf(repository));
    return held !== undefined && held.untilMs > this.#transport.options.clock() ? held.header : null;
  }

  /**
   * The header that answers a 401.
   * @throws SensorError remedy `stalled`, when there is nothing to say
   */
  async answer(refusal: Answer, repository: Repository, signal: AbortSignal): Promise<string> {
    const challenges = parseChallenges(refusal.headers['www-authenticate'] ?? '');
    const credentials = this.#lookup(repository);
    const bearer = challenges.find(({ kind }) => kind === 'bearer');
    const held =
      bearer?.kind === 'bearer'
        ? await this.#token(bearer, credentials, { refusal, repository, signal })
        : { header: basic(credentials), untilMs: Number.POSITIVE_INFINITY };
    if (held.header === null || challenges.length === 0) throw this.refused(refusal, repository);
    this.#held.set(keyOf(repository), { header: held.header, untilMs: held.untilMs });
    return held.header;
  }

  /** Says who could change that. */
  refused({ url }: Pick<Answer, 'url'>, repository: Repository): Error {
    if (url.host !== apiHost(repository.registry)) {
      return denied(url.host, repository.path, `${repository.registry} sends there: ask who runs it`);
    }
    this.#held.delete(keyOf(repository));
    const credentials = this.#lookup(repository);
    const login = `run: podman login ${repository.registry}`;
    const next =
      credentials.kind === 'helper'
        ? `its password is kept by the helper ${credentials.program} (${credentials.file}), which is not run; ${login}`
        : `${login}${credentials.kind === 'none' ? '' : ' (what it was told before is refused)'}`;
    return denied(url.host, repository.path, next);
  }

  async #token(
    { realm, service, scope }: Bearer,
    credentials: Credentials,
    asked: { readonly refusal: Answer; readonly repository: Repository; readonly signal: AbortSignal },
  ): Promise<Held> {
    const { refusal, repository, signal } = asked;
    const url = URL.parse(realm);
    if (url === null || (isLoopback(url.host) && !isLoopback(refusal.url.host))) {
      throw lying(refusal.url.host, 'names no place where tokens could be had');
    }
    const fields = new URLSearchParams();
    if (service !== null) fields.set('service', service);
    fields.set('scope', scope ?? `repository:${repository.path}:pull`);
    const askedAtMs = this.#transport.options.clock();
    const answer = await this.#transport.ask(tokenQuestion(url, fields, credentials), signal);
    if (answer.status !== 200) {
      answer.body.destroy();
      throw this.refused(refusal, repository);
    }
    const { token, seconds } = parseToken(await bodyOf(answer, TOKEN_BYTES_MAX, this.#transport.options));
    if (token === null) throw lying(url.host, 'gave no token');
    return { header: `Bearer ${token}`, untilMs: askedAtMs + seconds * 1000 - MARGIN_MS };
  }
}

const keyOf = ({ registry, path }: Repository): string => `${registry}/${path}`;

function basic(credentials: Credentials): string | null {
  if (credentials.kind !== 'password') return null;
  const { user, password } = credentials;
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}

function tokenQuestion(
  realm: URL,
  fields: URLSearchParams,
  credentials: Credentials,
): Parameters<Transport['ask']>[0] {
  const form = new URLSearchParams(fields);
  if (credentials.kind === 'identity-token') {
    form.set('grant_type', 'refresh_token');
    form.set('client_id', CLIENT_ID);
    form.set('refresh_token', credentials.token.reveal());
    return { url: realm, headers: {}, form };
  }
  const url = new URL(realm);
  for (const [key, value] of fields) url.searchParams.append(key, value);
  if (credentials.kind === 'password') url.searchParams.append('account', credentials.user);
  const authorization = basic(credentials);
  return { url, headers: authorization === null ? {} : { authorization }, form: null };
}

function parseToken(body: Buffer): { readonly token: string | null; readonly seconds: number } {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return { token: null, seconds: 0 };
    const { token: own = null, access_token: other = null } = parsed as Readonly<Record<string, unknown>>;
    const given = own === null || own === '' ? other : own;
    const seconds = 'expires_in' in parsed ? Number(parsed.expires_in) : TOKEN_SECONDS;
    // A header takes visible ASCII only.
    const token = typeof given === 'string' && /^[\x21-\x7e]+$/.test(given) ? given : null;
    return { token, seconds: Number.isFinite(seconds) ? seconds : TOKEN_SECONDS };
  } catch {
    return { token: null, seconds: 0 };
  }
}
