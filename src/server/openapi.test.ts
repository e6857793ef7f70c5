import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { CVE } from '../../test/fakes/patch-answers.ts';
import { send, startServer } from '../../test/fakes/server.ts';
import type { Sent, StartedServer } from '../../test/fakes/server.ts';
import { ROUTES } from './routes/index.ts';

const json = { 'content-type': 'application/json' };

/** One real request per operation; those that are not named here are plain questions. */
const requests: Readonly<Record<string, Omit<Sent, 'socketPath'>>> = {
  whois: { path: '/api/v1/whois?address=10.42.3.7:443&at=02:13&scope=network/node-2/podman' },
  who: { path: '/api/v1/who?subject=checkout' },
  why: { path: '/api/v1/why?from=web&to=orders-db&port=5432' },
  flows: { path: '/api/v1/flows?since=5m&unknown=true&limit=10' },
  history: { path: '/api/v1/history?subject=checkout' },
  declare: {
    method: 'POST',
    path: '/api/v1/declarations',
    headers: json,
    body: '{"files":[{"name":"sheer.yaml","content":""}],"dryRun":true}',
  },
  openFlowImport: {
    method: 'POST',
    path: '/api/v1/flow-imports',
    headers: json,
    body: '{"format":"vpc","fingerprint":"f","scope":"vpc/a"}',
  },
  appendFlowImport: {
    method: 'PUT',
    path: '/api/v1/flow-imports/vpc-vpc%2Fa-f?offset=0&final=true&lines=true',
    body: 'one\nbroken\n',
  },
  packages: { path: '/api/v1/packages?subject=checkout:2.4&name=ssl&refresh=true' },
  fixPlan: { path: `/api/v1/fix-plan?id=${CVE}` },
  cases: { path: '/api/v1/cases?state=open&team=payments' },
  case: { path: `/api/v1/case?id=${CVE}` },
  explanation: { path: `/api/v1/explanation?id=${CVE}&purl=pkg:npm/a@1` },
  verify: { method: 'POST', path: '/api/v1/verifications', headers: json, body: JSON.stringify({ id: CVE }) },
  syncAdvisories: { method: 'POST', path: '/api/v1/advisories', headers: json, body: '{}' },
  waive: {
    method: 'POST',
    path: '/api/v1/waivers',
    headers: json,
    body: JSON.stringify({
      vulnerability: CVE,
      subject: 'checkout',
      owner: 'payments',
      reason: 'never reached',
      until: '2026-12-31',
    }),
  },
  endWaiver: {
    method: 'POST',
    path: '/api/v1/waivers/end',
    headers: json,
    body: JSON.stringify({ vulnerability: CVE, subject: 'checkout' }),
  },
  addDocument: { method: 'POST', path: '/api/v1/documents?name=list.json', body: '{}' },
  shutdown: { method: 'POST', path: '/api/v1/shutdown' },
};

/** As far as the tests read it. */
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<'error', Answer<'application/json'>>> };
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<'200', Answer>>;
}

interface Answer<Type extends string = string> {
  readonly content: Readonly<Record<Type, { readonly schema: z.core.JSONSchema.JSONSchema }>>;
}

describe('the OpenAPI document', () => {
  let started: StartedServer;
  let document: OpenApi;
  before(async () => {
    started = await startServer();
    const { json: served } = await send({ socketPath: started.socketPath, path: '/api/v1/openapi.json' });
    document = served as OpenApi;
  });
  after(() => started.stop());

  it('is of version 3.1 and names every operation once', () => {
    assert.equal(document.openapi, '3.1.0');
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const names = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(new Set(names), new Set([...ROUTES.map(({ operationId }) => operationId), 'openapi']));
  });

  for (const route of ROUTES.filter(({ answer }) => answer.kind === 'json' || answer.kind === 'ndjson')) {
    it(`describes what ${route.operationId} really answers`, async () => {
      const sent = requests[route.operationId] ?? { path: route.path };
      const received = await send({ ...sent, socketPath: started.socketPath });
      assert.equal(received.status, 200, received.text);
      const [type, described] = Object.entries(
        document.paths[route.path]![route.method]!.responses['200'].content,
      )[0]!;
      assert.equal(received.headers['content-type'], type);
      const answers = route.answer.kind === 'json' ? [received.text] : received.text.trimEnd().split('\n');
      const schema = z.fromJSONSchema(described.schema);
      for (const answer of answers) {
        assert.deepEqual(schema.safeParse(JSON.parse(answer)).error?.issues ?? [], []);
      }
    });
  }

  it('describes an error', async () => {
    const { json: answer } = await send({ socketPath: started.socketPath, path: '/nothing' });
    const schema = z.fromJSONSchema(document.components.responses.error.content['application/json'].schema);
    assert.deepEqual(schema.safeParse(answer).error?.issues ?? [], []);
  });

  it('would see an answer that it does not describe', async () => {
    const schema = z.fromJSONSchema(
      document.paths['/api/v1/status']!['get']!.responses['200'].content['application/json']!.schema,
    );
    assert.equal(schema.safeParse({ version: 1 }).success, false);
  });
});

describe('what the questions are asked', () => {
  const rows: readonly (readonly [string, readonly unknown[]])[] = [
    [
      '/api/v1/services?at=02:13&team=payments&environment=test',
      ['services', { at: Date.parse('2026-11-22T02:13:00Z'), team: 'payments', environment: 'test' }],
    ],
    ['/api/v1/instances?service=a', ['instances', { at: null, team: null, environment: null, service: 'a' }]],
    [
      '/api/v1/calls?since=1h',
      ['calls', { at: null, team: null, environment: null, since: Date.parse('2026-11-22T07:30:00Z') }],
    ],
    [
      '/api/v1/whois?address=%5B::1%5D:443&at=1763800000',
      ['whois', { ip: '::1', port: 443, at: 1_763_800_000_000, scope: null }],
    ],
    ['/api/v1/whois?address=fe80::1', ['whois', { ip: 'fe80::1', port: null, at: null, scope: null }]],
    ['/api/v1/why?from=a&to=b', ['why', 'a', 'b', null]],
    [
      '/api/v1/flows?from=a&unknown=true',
      [
        'flows',
        {
          since: Date.parse('2026-11-22T07:30:00Z'),
          until: Date.parse('2026-11-22T08:30:00Z'),
          from: 'a',
          to: null,
          unknown: true,
          limit: 1000,
        },
      ],
    ],
    ['/api/v1/audit?after=3&limit=2', ['auditTail', 3, 2]],
    [
      `/api/v1/audit/verify?head=7:${'AB'.repeat(32)}`,
      ['auditVerify', { position: 7, hash: 'ab'.repeat(32) }],
    ],
    ['/api/v1/next', ['next', null]],
  ];
  for (const [path, expected] of rows) {
    it(`reads ${path}`, async () => {
      const started = await startServer();
      try {
        const { status, text } = await send({ socketPath: started.socketPath, path });
        assert.equal(status, 200, text);
        assert.deepEqual(started.questions.asked.at(-1), expected);
      } finally {
        await started.stop();
      }
    });
  }
});
