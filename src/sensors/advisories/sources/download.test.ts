import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { temporaryDirectory } from './advisory-files.fixture.ts';
import { download, DOWNLOAD_LIMITS, type Download, type DownloadLimits } from './download.ts';

const CONTENT = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join(''));

/** A server that does what the test tells it, one answer after the other; the last one again and again. */
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('a download', () => {
  const directory = temporaryDirectory();
  let server: Server;
  let answers: Answer[] = [];
  let requests: IncomingMessage[] = [];
  let number = 0;
  before(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(request, response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    requests = [];
    number += 1;
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${number}/all.zip`;
  const get = (
    validator: string | null = null,
    limits: Partial<DownloadLimits> = {},
  ): Promise<Download | null> =>
    download(url(), {
      directory,
      validator,
      signal: new AbortController().signal,
      fetch: globalThis.fetch,
      limits: { ...DOWNLOAD_LIMITS, ...limits },
    });
  const contentOf = (got: Download | null): Buffer => readFileSync(got?.path ?? '');
  const whole: Answer = (_, response) => response.setHeader('etag', '"v1"').end(CONTENT);
  const begunToStore = async (): Promise<void> => {
    const isThere = (name: string): boolean =>
      name.endsWith('.part') && (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0) > 0;
    while (!readdirSync(directory).some(isThere)) await setTimeout(10);
  };
  const half: Answer = (_, response) => {
    response.writeHead(200, { etag: '"v1"', 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, 50_000));
    void begunToStore().then(() => response.destroy());
  };
  const rest: Answer = (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(206, {
      etag: '"v1"',
      'content-range': `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`,
    });
    response.end(CONTENT.subarray(from));
  };

  it('comes whole, and tells how to ask again', async () => {
    answers = [whole];
    const got = await get();
    assert.deepEqual(contentOf(got), CONTENT);
    assert.deepEqual(JSON.parse(got?.validator ?? ''), { etag: '"v1"', lastModified: null });
    await got?.remove();
  });

  it('is nothing when the server says that it is unchanged', async () => {
    answers = [(_, response) => response.writeHead(304).end()];
    const date = 'Sun, 22 Nov 2026 12:00:00 GMT';
    assert.equal(await get(JSON.stringify({ etag: '"v1"', lastModified: date })), null);
    assert.equal(requests[0]?.headers['if-none-match'], '"v1"');
    assert.equal(requests[0]?.headers['if-modified-since'], date);
  });

  it('is taken up where it broke off', async () => {
    answers = [half, rest];
    const got = await get();
    assert.deepEqual(contentOf(got), CONTENT);
    assert.equal(requests.length, 2);
    assert.equal(requests[1]?.headers['if-range'], '"v1"');
    assert.match(requests[1]?.headers.range ?? '', /^bytes=[1-9]\d*-$/);
  });

  it('is taken up by the next call, too', async () => {
    answers = [half];
    await assert.rejects(get(null, { attempts: 1 }), /could not be read/);
    answers = [rest];
    assert.deepEqual(contentOf(await get()), CONTENT);
  });

  it('begins anew when it changed in between', async () => {
    answers = [half, (_, response) => response.setHeader('etag', '"v2"').end('other')];
    assert.equal(contentOf(await get()).toString(), 'other');
  });

  it('begins anew when the server resumes at another place', async () => {
    answers = [
      half,
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 0-4/5' }).end('wrong'),
      whole,
    ];
    assert.deepEqual(contentOf(await get()), CONTENT);
  });

  it('leaves no file of a process that was killed while it read it', async () => {
    answers = [whole, (_, response) => response.writeHead(304).end()];
    const left = await get();
    assert.equal(await get(left?.validator), null);
    assert.equal(existsSync(left?.path ?? ''), false);
  });

  it('follows redirects, to a limit, and only to http and https', async () => {
    answers = [
      (request, response) => response.writeHead(302, { location: `${request.url ?? ''}/moved` }).end(),
      whole,
    ];
    assert.deepEqual(contentOf(await get()), CONTENT);
    answers = [(_, response) => response.writeHead(302, { location: '/again' }).end()];
    await assert.rejects(get(), /redirects more than 5 times/);
    answers = [(_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end()];
    await assert.rejects(get(), /redirects to what is not https/);
  });

  it('stops at the limit of its size', async () => {
    answers = [whole];
    await assert.rejects(get(null, { bytes: 1000 }), /is larger than 1000 bytes/);
  });

  it('is tried again when the server fails, and not when it is not there', async () => {
    answers = [(_, response) => response.writeHead(503).end(), whole];
    assert.deepEqual(contentOf(await get()), CONTENT);
    answers = [(_, response) => response.writeHead(404).end()];
    requests = [];
    await assert.rejects(get(), /is not there \(404\)/);
    assert.equal(requests.length, 1);
  });

  it('is given up when nothing comes any more', async () => {
    answers = [(_, response) => response.write('a')];
    await assert.rejects(get(null, { silenceMs: 50, attempts: 2 }), /could not be read|Nothing came/);
  });
});
