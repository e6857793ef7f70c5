import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { syncStep } from '../../test/fakes/advisory-answers.ts';
import { CVE } from '../../test/fakes/patch-answers.ts';
import { send, startServer } from '../../test/fakes/server.ts';
import type { StartedServer } from '../../test/fakes/server.ts';
import { status as shopStatus } from '../../test/fakes/shop-answers.ts';

const json = { 'content-type': 'application/json' };
const EVERY_CASE = { state: null, team: null, severity: null, overdue: false, limit: null };
const MEBIBYTE = 1024 * 1024;

describe('the patch loop over HTTP', () => {
  let started: StartedServer;
  before(async () => {
    started = await startServer();
  });
  after(() => started.stop());
  const get = (path: string) => send({ socketPath: started.socketPath, path });

  it('counts open cases in the status, and finds the overdue ones', async () => {
    const { json: status } = await get('/api/v1/status');
    assert.deepEqual(status, { ...shopStatus, cases: { open: 1, overdue: 1 } });
    const { json: findings } = await get('/api/v1/lint');
    const [finding] = findings as { rule: string; next: string }[];
    assert.deepEqual([finding?.rule, finding?.next], ['overdue-case', `sheer fix plan ${CVE}`]);
    const { json: steps } = await get('/api/v1/next');
    const [step] = steps as { step: string; command: string; service: string | null }[];
    assert.deepEqual(
      [step?.service, step?.step, step?.command],
      [null, '1 case is overdue: fix what is known to be vulnerable', `sheer fix plan ${CVE}`],
    );
    const { json: ofService } = await get('/api/v1/next?service=checkout');
    assert.equal((ofService as unknown[]).length, 1);
  });

  it('puts cases that are not overdue last, and says nothing where there is none', async () => {
    const [open] = started.patch.cases(EVERY_CASE);
    const counts = [];
    for (const cases of [
      [],
      [
        { ...open!, overdue: false },
        { ...open!, overdue: false },
      ],
    ]) {
      const caseCounts = () => ({ open: cases.length, closed: 0, overdue: 0 });
      const other = await startServer({
        patch: { cases: ({ overdue }) => (overdue ? [] : cases), caseCounts },
      });
      const { json: steps } = await send({ socketPath: other.socketPath, path: '/api/v1/next' });
      const { json: findings } = await send({ socketPath: other.socketPath, path: '/api/v1/lint' });
      const last = (steps as { command: string }[]).at(-1);
      counts.push([last?.command, (steps as unknown[]).length, (findings as unknown[]).length]);
      await other.stop();
    }
    assert.deepEqual(counts, [
      ['sheer declare --suggest', 1, 1],
      ['sheer cases', 2, 1],
    ]);
  });

  it('says how to write until when something is waived', async () => {
    const waiver = { vulnerability: CVE, subject: 'checkout', owner: 'payments', reason: 'never reached' };
    const { status, error } = await send({
      socketPath: started.socketPath,
      path: '/api/v1/waivers',
      method: 'POST',
      headers: json,
      body: JSON.stringify({ ...waiver, until: 'tomorrow' }),
    });
    assert.deepEqual([status, error?.message], [400, '"tomorrow" is no day to come']);
  });

  it('refuses a document of more than 64 MiB as soon as that is certain', async () => {
    const { status, error } = await send({
      socketPath: started.socketPath,
      path: '/api/v1/documents?name=list.json',
      method: 'POST',
      headers: { 'content-length': String(64 * MEBIBYTE + 1) },
    });
    assert.deepEqual([status, error?.message], [413, 'the body has more than 64 MiB']);
  });

  it('answers a sync that is refused at once with its status', async () => {
    const { status, error } = await send({
      socketPath: started.socketPath,
      path: '/api/v1/advisories',
      method: 'POST',
      headers: json,
      body: JSON.stringify({ place: '/none' }),
    });
    assert.deepEqual([status, error?.message], [400, '/none holds no advisories']);
  });

  it('stops a sync and a proof when the client goes', async () => {
    const stopped: string[] = [];
    const both = Promise.withResolvers<void>();
    const note = (what: string, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          if (stopped.push(what) === 2) both.resolve();
          resolve();
        });
      });
    const other = await startServer({
      patch: {
        async *sync(_request, signal) {
          yield syncStep;
          await note('sync', signal);
        },
        async verify(_id, signal) {
          await note('verify', signal!);
          throw new Error('stopped');
        },
      },
      server: { limits: { heartbeatMs: 5 } },
    });
    try {
      for (const [path, body] of [
        ['/api/v1/advisories', {}],
        ['/api/v1/verifications', { id: CVE }],
      ] as const) {
        await goAfterFirstBytes(other.socketPath, path, JSON.stringify(body));
      }
      await both.promise;
      assert.deepEqual(stopped.toSorted(), ['sync', 'verify']);
      assert.deepEqual(other.logged, []);
    } finally {
      await other.stop();
    }
  });
});

/** Sends, waits for the first bytes of the answer, and hangs up. */
function goAfterFirstBytes(socketPath: string, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, path, method: 'POST', headers: json }, (response) => {
      response.once('data', () => {
        request.destroy();
        resolve();
      });
      response.on('error', () => undefined);
    });
    request.on('error', reject);
    request.end(body);
  });
}
