import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { send, startServer, TOKEN } from '../../test/fakes/server.ts';
import type { Sent, StartedServer } from '../../test/fakes/server.ts';

const bearer = { authorization: `Bearer ${TOKEN}` };

interface Row {
  readonly says: string;
  readonly over: 'tcp' | 'socket';
  readonly headers: (port: number) => Record<string, string>;
  readonly path?: string;
  readonly status: number;
  readonly code?: string;
}

const rows: readonly Row[] = [
  { says: 'no token', over: 'tcp', headers: () => ({}), status: 401, code: 'not-signed-in' },
  {
    says: 'a wrong token',
    over: 'tcp',
    headers: () => ({ authorization: 'Bearer wrong' }),
    status: 401,
    code: 'not-signed-in',
  },
  {
    says: 'the token and something behind it',
    over: 'tcp',
    headers: () => ({ authorization: `Bearer ${TOKEN}x` }),
    status: 401,
    code: 'not-signed-in',
  },
  {
    says: 'the token in another scheme',
    over: 'tcp',
    headers: () => ({ authorization: `Basic ${TOKEN}` }),
    status: 401,
    code: 'not-signed-in',
  },
  { says: 'the token', over: 'tcp', headers: () => bearer, status: 200 },
  {
    says: 'no token, and asks for its health',
    over: 'tcp',
    headers: () => ({}),
    path: '/healthz',
    status: 200,
  },
  { says: 'no token, and asks for metrics', over: 'tcp', headers: () => ({}), path: '/metrics', status: 401 },
  {
    says: 'no token, and asks for the document',
    over: 'tcp',
    headers: () => ({}),
    path: '/api/v1/openapi.json',
    status: 401,
  },
  {
    says: 'no token, and asks for nothing that is there',
    over: 'tcp',
    headers: () => ({}),
    path: '/wp-admin',
    status: 401,
  },
  { says: 'no token', over: 'socket', headers: () => ({ host: 'localhost' }), status: 200 },
  {
    says: 'a foreign Host, as DNS rebinding sends it',
    over: 'tcp',
    headers: (port) => ({ ...bearer, host: `evil.example:${port}` }),
    status: 403,
    code: 'host-refused',
  },
  {
    says: 'a foreign Host, and asks for its health',
    over: 'tcp',
    headers: (port) => ({ host: `evil.example:${port}` }),
    path: '/healthz',
    status: 403,
    code: 'host-refused',
  },
  {
    says: 'a Host with another port',
    over: 'tcp',
    headers: () => ({ ...bearer, host: '127.0.0.1:1' }),
    status: 403,
    code: 'host-refused',
  },
  {
    says: 'localhost',
    over: 'tcp',
    headers: (port) => ({ ...bearer, host: `LOCALHOST:${port}` }),
    status: 200,
  },
  { says: '[::1]', over: 'tcp', headers: (port) => ({ ...bearer, host: `[::1]:${port}` }), status: 200 },
  {
    says: 'a host that was allowed',
    over: 'tcp',
    headers: () => ({ ...bearer, host: 'build.example' }),
    status: 200,
  },
  {
    says: 'a foreign Host on a forwarded socket',
    over: 'socket',
    headers: () => ({ host: 'evil.example:8080' }),
    status: 403,
    code: 'host-refused',
  },
  { says: 'the port of a forward', over: 'socket', headers: () => ({ host: 'localhost:8080' }), status: 200 },
  {
    says: 'a page on a forwarded socket',
    over: 'socket',
    headers: () => ({ host: 'localhost:8080', origin: 'http://localhost:8080' }),
    status: 403,
    code: 'host-refused',
  },
  {
    says: 'a foreign page',
    over: 'tcp',
    headers: () => ({ ...bearer, origin: 'https://evil.example' }),
    status: 403,
    code: 'host-refused',
  },
  {
    says: 'a page without an origin',
    over: 'tcp',
    headers: () => ({ ...bearer, origin: 'null' }),
    status: 403,
    code: 'host-refused',
  },
  {
    says: 'its own page',
    over: 'tcp',
    headers: (port) => ({ ...bearer, origin: `http://127.0.0.1:${port}` }),
    status: 200,
  },
];

describe('who may ask', () => {
  let started: StartedServer;
  before(async () => {
    started = await startServer({ server: { allowedHosts: ['build.example'] } });
  });
  after(() => started.stop());

  for (const { says, over, headers, path = '/api/v1/services', status, code } of rows) {
    it(`answers ${status} over ${over} to who sends ${says}`, async () => {
      const { port, socketPath } = started;
      const sent: Sent = { ...(over === 'tcp' ? { port } : { socketPath }), path, headers: headers(port) };
      const received = await send(sent);
      assert.equal(received.status, status, received.text);
      if (code !== undefined) assert.equal(received.error?.code, code);
    });
  }

  it('makes a socket that only the owner can open', () => {
    assert.equal(statSync(started.socketPath).mode & 0o777, 0o600);
  });

  it('says how to sign in', async () => {
    const { headers } = await send({ port: started.port, path: '/api/v1/services' });
    assert.equal(headers['www-authenticate'], 'Bearer');
  });

  it('forbids keeping, framing and guessing the type of an answer, also of an error', async () => {
    for (const path of ['/healthz', '/api/v1/services', '/nothing']) {
      const { headers } = await send({ port: started.port, path });
      assert.equal(headers['cache-control'], 'no-store', path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'", path);
    }
  });

  it('writes who declared something into the audit', async () => {
    const { port, socketPath, questions } = started;
    const body = JSON.stringify({ files: [{ name: 'sheer.yaml', content: '' }] });
    const type = { 'content-type': 'application/json' };
    await send({ socketPath, path: '/api/v1/declarations', method: 'POST', body, headers: type });
    await send({ port, path: '/api/v1/declarations', method: 'POST', body, headers: { ...bearer, ...type } });
    const actors = questions.asked.filter(([name]) => name === 'declare').map(([, , options]) => options);
    assert.deepEqual(actors, [
      { dryRun: false, actor: 'ada' },
      { dryRun: false, actor: 'ada (by token)' },
    ]);
  });
});
