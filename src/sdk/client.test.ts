import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ROUTES } from '#server';
import { CVE, OPENSSL } from '../../test/fakes/patch-answers.ts';
import { startServer, TOKEN } from '../../test/fakes/server.ts';
import type { StartedServer } from '../../test/fakes/server.ts';
import { call, certainWhois, checkoutService, NOW } from '../../test/fakes/shop-answers.ts';
import { createClient } from './client.ts';
import type { Client } from './client.ts';
import { ClientError } from './errors.ts';
import type { ClientFetch } from './transport.ts';

/** One call of each method. */
function callAll(client: Client): Record<keyof Client, () => Promise<unknown>> {
  const bytes = new TextEncoder().encode('one\n');
  return {
    sources: () => client.sources(),
    capabilities: () => client.capabilities(),
    services: () => client.services({ team: 'payments' }),
    instances: () => client.instances({ service: 'checkout' }),
    nodes: () => client.nodes(),
    images: () => client.images(),
    teams: () => client.teams(),
    externals: () => client.externals(),
    calls: () => client.calls({ since: '5m' }),
    status: () => client.status(),
    whois: () => client.whois({ address: '10.42.3.7', at: '02:13' }),
    who: () => client.who('checkout'),
    why: () => client.why({ from: 'web', to: 'orders-db', port: 5432 }),
    flows: () => client.flows({ unknown: true }),
    history: () => client.history('checkout', 5),
    lint: () => client.lint(),
    next: () => client.next('checkout'),
    suggestion: () => client.suggestion(),
    health: () => client.health(),
    metrics: () => client.metrics(),
    openapi: () => client.openapi(),
    audit: () => client.audit({ after: 1, limit: 2 }),
    auditHead: () => client.auditHead(),
    auditVerify: () => client.auditVerify(`7:${'a1'.repeat(32)}`),
    auditExport: () => Array.fromAsync(client.auditExport(2)),
    events: async () => (await client.events().next()).value,
    declare: () => client.declare({ files: [{ name: 'sheer.yaml', content: '' }], dryRun: true }),
    openFlowImport: () => client.openFlowImport({ format: 'vpc', scope: null, fingerprint: 'f/1' }),
    appendFlowImport: () =>
      client.appendFlowImport({ id: 'vpc-none-f/1', offset: 0, bytes, final: true, lines: true }),
    imageTree: () => client.imageTree(),
    packages: () => client.packages({ subject: 'checkout:2.4', name: 'ssl', refresh: true }),
    fixPlan: () => client.fixPlan(CVE),
    cases: () => client.cases({ state: 'open', team: 'payments' }),
    caseCounts: () => client.caseCounts({ overdue: true }),
    case: () => client.case(CVE),
    explanation: () => client.explanation(CVE, OPENSSL),
    waivers: () => client.waivers(),
    waive: () =>
      client.waive({
        vulnerability: CVE,
        subject: 'checkout',
        owner: 'payments',
        reason: 'never reached',
        until: '2026-12-31',
      }),
    endWaiver: () => client.endWaiver({ vulnerability: CVE, subject: 'checkout' }),
    advisories: () => client.advisories(),
    syncAdvisories: () => Array.fromAsync(client.syncAdvisories(null)),
    verify: () => client.verify(CVE),
    addDocument: () => client.addDocument('list.json', bytes),
    shutdown: () => client.shutdown(),
  };
}

describe('the client', () => {
  let started: StartedServer;
  let client: Client;
  const sent: string[] = [];
  before(async () => {
    started = await startServer();
    // The standard fetch fits without an adapter, as in a browser.
    const standard: ClientFetch = fetch;
    client = createClient({
      fetch(url, request) {
        sent.push(`${request.method} ${new URL(url).pathname.replace(/(flow-imports)\/.*/, '$1/{id}')}`);
        return standard(url, request);
      },
      baseUrl: `http://127.0.0.1:${started.port}`,
      token: TOKEN,
    });
  });
  after(() => started.stop());

  it('has a method for every route, and the control plane answers all of them', async () => {
    for (const [name, ask] of Object.entries(callAll(client))) {
      assert.notEqual(await ask(), undefined, name);
    }
    const routes = ROUTES.map((route) => `${route.method.toUpperCase()} ${route.path}`);
    assert.deepEqual(new Set(sent), new Set([...routes, 'GET /api/v1/openapi.json']));
  });

  it('gives the answers as they are', async () => {
    assert.deepEqual((await client.services())[0], checkoutService);
    assert.deepEqual(await client.whois({ address: '10.42.3.7' }), certainWhois);
    assert.deepEqual((await client.why({ from: 'web', to: 'orders-db' })).calls, [call]);
    const positions = (await Array.fromAsync(client.auditExport(4))).map(
      (line) => (JSON.parse(line) as { position: number }).position,
    );
    assert.deepEqual(positions, [5, 6, 7]);
  });

  it('sends flow-log bytes as they are, and gives back lines with names', async () => {
    const { id, offset } = await client.openFlowImport({
      format: 'zeek',
      scope: 'vpc/a b',
      fingerprint: 'é',
    });
    const bytes = new TextEncoder().encode('first\nbroken\nunfinished');
    const step = await client.appendFlowImport({ id, offset, bytes, final: false, lines: true });
    assert.equal(step.state.offset, 13);
    assert.equal(step.state.lastAt, new Date(NOW).toISOString());
    assert.equal(step.named, '{"line":"first"}\n{"line":"broken"}\n');
  });

  it('reads events, and ends when it is told to', async () => {
    const stop = new AbortController();
    const events = client.events({ signal: stop.signal });
    assert.deepEqual(await events.next(), { done: false, value: { kind: 'ready', id: '0:0' } });
    started.changes.record('container/1');
    const { value } = await events.next();
    assert.ok(value?.kind === 'change');
    assert.deepEqual([value.id, value.change.subject.id], ['0:1', 'container/1']);
    await events.return(undefined);
    stop.abort();
  });

  it('turns an error into what it was', async () => {
    await assert.rejects(client.who('nobody'), (error) => {
      assert.ok(error instanceof ClientError);
      assert.deepEqual([error.code, error.message], ['not-found', 'nothing is called "nobody"']);
      return true;
    });
    await assert.rejects(
      client.declare({ files: [{ name: 'sheer.yaml', content: 'owner: payment\n' }], dryRun: true }),
      {
        code: 'invalid-input',
        detail: ['  2 |   owner: payment', '             ^^^^^^^'],
        next: 'Nothing was changed.',
      },
    );
  });

  it('says when the control plane can not be reached, and how to start it', async () => {
    const lost = createClient({
      fetch: () => Promise.reject(new Error('ECONNREFUSED')),
      baseUrl: 'http://127.0.0.1:1',
      token: null,
    });
    await assert.rejects(lost.status(), { code: 'control-plane-unreachable', next: 'sheer up' });
  });

  it('says so when it breaks off in the middle of an answer', async () => {
    let told = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        told += 1;
        if (told === 1) controller.enqueue(new TextEncoder().encode('{"position":1}\n'));
        else controller.error(new Error('aborted'));
      },
    });
    const broken = createClient({
      fetch: () => Promise.resolve(new Response(body)),
      baseUrl: 'http://127.0.0.1:1',
      token: null,
    });
    const records = broken.auditExport();
    assert.deepEqual(await records.next(), { done: false, value: '{"position":1}' });
    await assert.rejects(records.next(), { name: 'ClientError', code: 'control-plane-unreachable' });
  });

  it('does not take the page of something else for an answer', async () => {
    const other = createClient({
      fetch: () => Promise.resolve(new Response('<h1>Welcome</h1>')),
      baseUrl: 'http://127.0.0.1:1',
      token: null,
    });
    await assert.rejects(other.status(), {
      name: 'ClientError',
      code: 'control-plane-unreachable',
      message: 'what answers at http://127.0.0.1:1 is no control plane',
    });
  });

  it('does not take the error page of something else for an answer', async () => {
    const proxy = createClient({
      fetch: () => Promise.resolve(new Response('<h1>Bad gateway</h1>', { status: 502 })),
      baseUrl: 'http://127.0.0.1:1',
      token: null,
    });
    await assert.rejects(proxy.status(), { code: 'control-plane-unreachable', message: /HTTP 502/ });
  });
});
