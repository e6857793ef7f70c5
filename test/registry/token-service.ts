import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from './certificate.ts';

export const USER = 'reader';
export const PASSWORD = 'open sesame';

const ISSUER = 'tokens.test';
const SERVICE = 'registry.test';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Gives the tokens that a registry asks for, to whoever has the password. */
export interface TokenService {
  /** The section `auth: token:` of a registry's configuration. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The scopes that tokens were given for. */
  readonly given: readonly string[];
  stop(): Promise<void>;
}

/** Serves them on a free port of loopback, signed with a key that is made in `directory`. */
export async function startTokenService(directory: string): Promise<TokenService> {
  const { keyFile, certificateFile } = await makeCertificate(directory, 'tokens');
  const key = createPrivateKey(await readFile(keyFile));
  const given: string[] = [];
  const server = createServer((request, response) => answer(request, response, { key, given }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    configuration: {
      realm: `http://127.0.0.1:${portOf(server)}/token`,
      service: SERVICE,
      issuer: ISSUER,
      rootcertbundle: certificateFile,
    },
    given,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(
  { url, headers }: IncomingMessage,
  response: ServerResponse,
  { key, given }: { readonly key: KeyObject; readonly given: string[] },
): void {
  const { searchParams } = new URL(url ?? '/', 'http://localhost');
  const password = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
  if (headers.authorization !== password || searchParams.get('service') !== SERVICE) {
    response.writeHead(401).end();
    return;
  }
  const scopes = searchParams.getAll('scope');
  given.push(...scopes);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ token: signed(key, scopes), expires_in: 300 }));
}

function signed(key: KeyObject, scopes: readonly string[]): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const access = scopes.map((scope) => {
    const [type, name, actions = ''] = scope.split(':');
    return { type, name, actions: actions.split(',') };
  });
  const times = { iat: nowSeconds, nbf: nowSeconds - 60, exp: nowSeconds + 300 };
  const claims = { iss: ISSUER, sub: USER, aud: SERVICE, jti: randomUUID(), ...times, access };
  const text = [{ typ: 'JWT', alg: 'RS256', kid: keyId(key) }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** How the registry's library names keys: 240 bits of the public key's hash in base 32, by fours. */
function keyId(key: KeyObject): string {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const hash = createHash('sha256').update(publicKey).digest().subarray(0, 30);
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('');
  return (letters.match(/.{4}/g) ?? []).join(':');
}

// A server that listens on a port has an address of this kind.
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
