import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { send, startServer, TOKEN } from '../../test/fakes/server.ts';
import type { Sent, StartedServer } from '../../test/fakes/server.ts';
import { ROUTES } from './routes/index.ts';

const json = { 'content-type': 'application/json' };
const MEBIBYTE = 1024 * 1024;

function declaration(
  body: string | Uint8Array,
  headers: Record<string, string> = json,
): Omit<Sent, 'socketPath'> {
  return { method: 'POST', path: '/api/v1/declarations', body, headers };
}

interface Row {
  readonly says: string;
  readonly sent: Omit<Sent, 'socketPath'>;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const rows: readonly Row[] = [
  {
    says: 'a query key with a typing error',
    sent: { path: '/api/v1/services?taem=payments' },
    status: 400,
    code: 'invalid-input',
    message: 'query: there is no "taem" (did you mean "team"?)',
  },
  {
    says: 'a query key where none is taken',
    sent: { path: '/api/v1/status?verbose=1' },
    status: 400,
    code: 'invalid-input',
    message: 'query: there is no "verbose"',
  },
  {
    says: 'a query key with the name of what every object has',
    sent: { path: '/api/v1/services?constructor=1' },
    status: 400,
    code: 'invalid-input',
    message: 'query: there is no "constructor"',
  },
  {
    says: 'a query key twice',
    sent: { path: '/api/v1/services?team=a&team=b' },
    status: 400,
    code: 'invalid-input',
    message: 'query: "team" stands there twice',
  },
  {
    says: 'no query key where one is needed',
    sent: { path: '/api/v1/who' },
    status: 400,
    code: 'invalid-input',
    message: 'query: subject: expected string, received undefined',
  },
  {
    says: 'a time that is none',
    sent: { path: '/api/v1/services?at=soon' },
    status: 400,
    code: 'invalid-input',
    message: '"soon" is not a time',
  },
  {
    says: 'an address that is none',
    sent: { path: '/api/v1/whois?address=10.0.0.256' },
    status: 400,
    code: 'invalid-input',
    message: '"10.0.0.256" is not an address',
  },
  {
    says: 'a port that is none',
    sent: { path: '/api/v1/why?from=a&to=b&port=65536' },
    status: 400,
    code: 'invalid-input',
    message: 'query: port: Too big: expected number to be <=65535',
  },
  {
    says: 'a number that is none',
    sent: { path: '/api/v1/audit?limit=-1' },
    status: 400,
    code: 'invalid-input',
    message: 'query: limit: must be a whole number',
  },
  {
    says: 'an interval that ends before it begins',
    sent: { path: '/api/v1/flows?since=5m&until=10m' },
    status: 400,
    code: 'invalid-input',
    message: 'query: `until` is before `since`',
  },
  {
    says: 'an event id that is none',
    sent: { path: '/api/v1/events', headers: { 'last-event-id': 'x' } },
    status: 400,
    code: 'invalid-input',
    message: '"x" is not an event id',
  },
  {
    says: 'a path that is not there',
    sent: { path: '/api/v1/servces' },
    status: 404,
    code: 'not-found',
    message: 'there is no GET /api/v1/servces',
  },
  {
    says: 'a method that is not there',
    sent: { path: '/api/v1/services', method: 'DELETE' },
    status: 404,
    code: 'not-found',
    message: 'there is no DELETE /api/v1/services',
  },
  {
    says: 'a body of another type, as a form of a page would',
    sent: declaration('{}', { 'content-type': 'text/plain' }),
    status: 400,
    code: 'invalid-input',
    message: 'the body must be JSON, with "Content-Type: application/json"',
  },
  {
    says: 'half of a JSON document',
    sent: declaration('{"files":'),
    status: 400,
    code: 'invalid-input',
    message: 'the body is not JSON in UTF-8',
  },
  {
    says: 'bytes that are no UTF-8',
    sent: declaration(Buffer.from([0x22, 0xff, 0x22])),
    status: 400,
    code: 'invalid-input',
    message: 'the body is not JSON in UTF-8',
  },
  {
    says: 'a body without its content',
    sent: declaration('{"files":[{"name":"sheer.yaml"}]}'),
    status: 400,
    code: 'invalid-input',
    message: 'body: files[0].content: expected string, received undefined',
  },
  {
    says: 'a body with a key that is unknown',
    sent: declaration('{"files":[{"name":"a","content":""}],"force":true}'),
    status: 400,
    code: 'invalid-input',
    message: 'body: Unrecognized key: "force"',
  },
  {
    says: 'a declaration of more than 4 MiB',
    sent: declaration(Buffer.alloc(4 * MEBIBYTE + 1, 0x20)),
    status: 413,
    code: 'too-large',
    message: 'the body has more than 4 MiB',
  },
  {
    says: 'a declaration of more than 4 MiB whose length is not said',
    sent: declaration(Buffer.alloc(4 * MEBIBYTE + 1, 0x20), { ...json, 'transfer-encoding': 'chunked' }),
    status: 413,
    code: 'too-large',
    message: 'the body has more than 4 MiB',
  },
  {
    says: 'a flow-log chunk of more than 8 MiB',
    sent: { method: 'PUT', path: '/api/v1/flow-imports/x?offset=0', body: Buffer.alloc(8 * MEBIBYTE + 1) },
    status: 413,
    code: 'too-large',
    message: 'the body has more than 8 MiB',
  },
  {
    says: 'a flow-log format that is not known',
    sent: {
      method: 'POST',
      path: '/api/v1/flow-imports',
      headers: json,
      body: '{"format":"netflow","fingerprint":"f"}',
    },
    status: 400,
    code: 'invalid-input',
    message: 'body: format: Invalid option: expected one of "vpc"|"zeek"|"conntrack"',
  },
  {
    says: 'a flow log of a scope that is none',
    sent: {
      method: 'POST',
      path: '/api/v1/flow-imports',
      headers: json,
      body: '{"format":"vpc","fingerprint":"f","scope":"banana"}',
    },
    status: 400,
    code: 'invalid-input',
    message: 'body: scope: must be a scope such as vpc/main',
  },
  {
    says: 'an error on purpose',
    sent: { path: '/api/v1/who?subject=nobody' },
    status: 404,
    code: 'not-found',
    message: 'nothing is called "nobody"',
  },
];

describe('what is refused', () => {
  let started: StartedServer;
  before(async () => {
    started = await startServer();
  });
  after(() => started.stop());

  for (const { says, sent, status, code, message } of rows) {
    it(`refuses ${says}`, async () => {
      const received = await send({ ...sent, socketPath: started.socketPath });
      assert.deepEqual(
        [received.status, received.error?.code, received.error?.message],
        [status, code, message],
      );
    });
  }

  it('says nothing of what went wrong inside, but under which id it was logged', async () => {
    const broken = await startServer({
      questions: {
        status: () => {
          throw new TypeError('secret detail');
        },
      },
    });
    try {
      const { status, text, error } = await send({ socketPath: broken.socketPath, path: '/api/v1/status' });
      assert.equal(status, 500);
      assert.equal(error?.code, 'internal');
      assert.doesNotMatch(text, /secret detail|TypeError|\.ts/);
      const [message, fields] = broken.logged[0] ?? [];
      assert.equal(message, 'a request failed inside');
      assert.match(error.message, new RegExp(`\\(${String(fields?.['id'])}\\)`));
    } finally {
      await broken.stop();
    }
  });

  it('still answers after a client that sends no HTTP', async () => {
    const answered = await new Promise<string>((resolve) => {
      const socket = connect(started.port, '127.0.0.1', () =>
        socket.write('\u0016\u0003\u0001 hello\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('close', () => resolve(text));
    });
    assert.match(answered, /^HTTP\/1\.1 400 /);
    assert.equal((await send({ port: started.port, path: '/healthz' })).status, 200);
  });
});

describe('any input', () => {
  it('is answered or refused, and never breaks anything inside', async () => {
    const started = await startServer();
    const questions = ROUTES.filter(({ method, answer }) => method === 'get' && answer.kind === 'json');
    const words = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('10.0.0.1', '5m', 'a:1', '7'));
    try {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...questions), fc.nat(), words, async (route, pick, text) => {
          const keys = Object.keys(route.query.shape);
          const key = keys[pick % keys.length] ?? text;
          const path = `${route.path}?${new URLSearchParams({ [key]: text.toWellFormed() }).toString()}`;
          const { status, text: body } = await send({ socketPath: started.socketPath, path });
          assert.ok([200, 400, 404].includes(status), `${path}: ${status} ${body}`);
        }),
        { numRuns: 200 },
      );
      assert.deepEqual(started.logged, []);
    } finally {
      await started.stop();
    }
  });

  it('that stops in its headers is not waited for', async () => {
    const started = await startServer({ server: { limits: { headersTimeoutMs: 50 } } });
    const answered = await new Promise<string>((resolve) => {
      const socket = connect(started.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: '));
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('close', () => resolve(text));
    });
    await started.stop();
    assert.match(answered, /^HTTP\/1\.1 408 /);
  });
});

describe('how much at once', () => {
  it('refuses what comes faster than the limit of its connection, and takes it again later', async () => {
    const started = await startServer({
      server: { limits: { tcpRate: { perSecond: 1, burst: 2 }, socketRate: { perSecond: 100, burst: 100 } } },
    });
    try {
      const { port, socketPath, clock } = started;
      const ask = async () => (await send({ port, path: '/healthz' })).status;
      assert.deepEqual([await ask(), await ask(), await ask()], [200, 200, 429]);
      assert.equal((await send({ socketPath, path: '/healthz' })).status, 200);
      clock.now += 1000;
      assert.deepEqual([await ask(), await ask()], [200, 429]);
      const headers = { authorization: `Bearer ${TOKEN}` };
      const { status } = await send({ port, path: '/api/v1/services', headers });
      assert.equal(status, 200, 'strangers do not use up what the owner may ask');
    } finally {
      await started.stop();
    }
  });

  it('opens no more event streams than the limit', async () => {
    const started = await startServer({ server: { limits: { eventStreamsMax: 0 } } });
    try {
      const { status, error } = await send({ socketPath: started.socketPath, path: '/api/v1/events' });
      assert.deepEqual([status, error?.code], [429, 'too-many-requests']);
    } finally {
      await started.stop();
    }
  });
});
