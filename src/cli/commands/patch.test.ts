import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SheerError } from '#model';
import { syncStep } from '../../../test/fakes/advisory-answers.ts';
import { CVE, OPENSSL } from '../../../test/fakes/patch-answers.ts';
import { run } from '../../../test/fakes/run-program.ts';
import { send, startServer } from '../../../test/fakes/server.ts';
import type { StartedServer } from '../../../test/fakes/server.ts';
import { fakeTerminal } from '../../../test/fakes/terminal.ts';
import { printedDocuments } from './printed-documents.fixture.ts';

/** Printed to no terminal: all of them. */
const ANY_CASE = { state: null, team: null, severity: null, overdue: false, limit: null };

describe('what is vulnerable', () => {
  let server: StartedServer;
  let state: readonly string[];
  before(async () => {
    server = await startServer();
    state = ['--state', server.directory];
  });
  after(() => server.stop());

  const rows: readonly (readonly [line: readonly string[], exit: number, out: RegExp, asked: unknown])[] = [
    [['images', '--tree'], 0, /├─ checkout:2\.4 /, ['imageTree', null]],
    [
      ['packages', 'checkout:2.4'],
      0,
      /^checkout:2\.4 {3}2 packages/,
      ['packages', 'checkout:2.4', { refresh: false }],
    ],
    [
      ['packages', 'checkout:2.4', '--name', 'OpenSSL', '--refresh'],
      0,
      /^checkout:2\.4 {3}1 of 2 packages,/,
      ['packages', 'checkout:2.4', { refresh: true }],
    ],
    [['fix', 'plan', CVE], 0, /^change 1 image/, ['fixPlan', CVE]],
    [['cases'], 0, /1 open case\. 1 overdue/, ['cases', { ...ANY_CASE, state: 'open' }]],
    [['cases', '--all', '--team', 'shop'], 0, /1 open case/, ['cases', { ...ANY_CASE, team: 'shop' }]],
    [
      ['cases', '--overdue', '--severity', 'high', '--limit', '3'],
      0,
      /1 overdue/,
      ['cases', { ...ANY_CASE, state: 'open', severity: 'high', overdue: true, limit: 3 }],
    ],
    [['case', CVE], 0, /^open {3}high, overdue by 1 d/, ['case', CVE]],
    [['verify', CVE], 1, /^not proven: 1 of 4 instances still runs it/, null],
    [['waivers'], 0, /1 active waiver/, ['waivers']],
    [['advisories', 'status'], 0, /41,204 records\./, ['advisories']],
    [['versions', 'explain', CVE, OPENSSL], 0, /^affected: pkg:deb/, ['explain', CVE, OPENSSL]],
  ];
  for (const [line, exit, out, asked] of rows) {
    it(`answers sheer ${line.join(' ')}`, async () => {
      const ran = await run([...state, ...line]);
      assert.deepEqual([ran.exit, ran.error], [exit, '']);
      assert.match(ran.out, out);
      if (asked !== null) assert.deepEqual(server.patch.asked.at(-1), asked);
    });
    it(`answers sheer ${line.join(' ')} as one JSON document with --json`, async () => {
      const ran = await run([...state, ...line, '--json']);
      assert.deepEqual([ran.exit, ran.error, printedDocuments(ran.out).length], [exit, '', 1]);
    });
  }

  it('asks who is affected where the subject is a vulnerability, and adds the plan for people', async () => {
    const { out } = await run([...state, 'who', CVE]);
    assert.match(out, /^openssl < 3\.0\.22-1~deb12u2 /);
    assert.match(out, /fixed by {9}changing base-debian:12/);
    assert.deepEqual(
      server.patch.asked.slice(-2).map(([name]) => name),
      ['who', 'fixPlan'],
    );
    const asJson = await run([...state, 'who', CVE, '--json']);
    assert.equal(printedDocuments(asJson.out)[0]?.['id'], CVE);
    assert.deepEqual(server.patch.asked.at(-1), ['who', CVE, null]);
  });

  it('asks about then, where the plan of today says nothing', async () => {
    const { out } = await run([...state, 'who', CVE, '--at', '02:13']);
    assert.match(out, /as of {12}02:13:00/);
    assert.doesNotMatch(out, /fixed by/);
    assert.deepEqual(server.patch.asked.at(-1), ['who', CVE, Date.parse('2026-11-22T02:13:00Z')]);
  });

  it('still says what runs a service', async () => {
    const { out } = await run([...state, 'who', 'checkout']);
    assert.match(out, /^checkout {3}\(payments, production\)/);
    const then = await run([...state, 'who', 'checkout', '--at', '02:13']);
    assert.deepEqual([then.exit, /of vulnerabilities and packages only/.test(then.error)], [2, true]);
  });

  it('ends with 0 where it is proven', async () => {
    const proven = await startServer({
      patch: {
        verify: async (id) => ({
          ...(await server.patch.verify(id)),
          proven: true,
          holding: [],
          notLooked: [],
        }),
      },
    });
    try {
      const { exit, out } = await run(['--state', proven.directory, 'verify', CVE]);
      assert.deepEqual([exit, out.split('\n')[0]], [0, 'proven: none of 2 instances runs it']);
    } finally {
      await proven.stop();
    }
  });

  const failures: readonly (readonly [line: readonly string[], exit: number, error: RegExp])[] = [
    [['images', '--tree', '--team', 'shop'], 2, /--tree shows all images: it takes no --team/],
    [['packages', 'chekout:2.4'], 3, /did you mean "checkout:2\.4"\?/],
    [
      ['verify', 'CVE-1'],
      3,
      /no advisory that is known has the id "CVE-1"\n {2}next {3}sheer advisories sync/,
    ],
    [['cases', '--all', '--closed'], 2, /use one of the two/],
    [['cases', '--closed', '--team', 'shop'], 2, /nobody holds what is closed/],
    [['fix'], 2, /which command\?/],
    [['advisories', 'sync', '/none/all.zip'], 2, /\/none\/all\.zip can't be read: there is no such file/],
    [['documents', 'add', '/none.json'], 2, /\/none\.json can't be read/],
    [['documents', 'add', '/'], 2, /\/ is not a file/],
    [['waive', CVE, '--for', 'checkout', '--owner', 'payments'], 2, /a waiver needs --reason, --until/],
    [
      ['waive', CVE, '--for', 'checkout', '--end', '--until', '2026-12-31'],
      2,
      /--end ends a waiver: it takes no --until/,
    ],
    [
      ['waive', CVE, '--for', 'a', '--owner', 'b', '--reason', 'c', '--until', 'soon'],
      2,
      /"soon" is no day to come/,
    ],
  ];
  for (const [line, exit, error] of failures) {
    it(`refuses sheer ${line.join(' ')}`, async () => {
      const ran = await run([...state, ...line]);
      assert.deepEqual([ran.exit, ran.out], [exit, ''], ran.error);
      assert.match(ran.error, error);
    });
  }
});

describe('a waiver', () => {
  let server: StartedServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  function waiving(answer: boolean | null, ...more: readonly string[]) {
    const terminal = answer === null ? fakeTerminal() : fakeTerminal({ interactive: true, answer });
    const terms = ['--owner', 'payments', '--reason', 'never reached', '--until', '2026-12-31'];
    const line = ['--state', server.directory, 'waive', CVE, '--for', 'checkout', ...terms, ...more];
    return run(line, { terminal, environment: { NO_COLOR: '1' } });
  }
  const asked = () => server.patch.asked.flatMap(([name, request]) => (name === 'waive' ? [request] : []));
  // Each was asked of us.
  const waived = () =>
    asked().filter((request) => !(request as { readonly preview: boolean }).preview).length;

  it('shows what it excuses, and asks', async () => {
    const refused = await waiving(false);
    assert.deepEqual([refused.exit, refused.error, waived()], [1, 'Nothing was changed.\n', 0]);
    assert.match(refused.out, /excuses 12 of 14 instances that are affected now/);
    const agreed = await waiving(true);
    assert.deepEqual([agreed.exit, waived()], [0, 1]);
    assert.match(agreed.out, /waived: CVE-2026-31337 for checkout until 2026-12-31 23:59:59/);
  });

  it('is taken without a question with --yes, and where nobody can be asked; a day is all of it', async () => {
    for (const ran of [await waiving(null), await waiving(false, '--yes')]) {
      assert.equal(ran.exit, 0);
      assert.match(ran.out, /^waived: /);
    }
    assert.deepEqual(server.patch.asked.at(-1), [
      'waive',
      {
        vulnerability: CVE,
        subject: 'checkout',
        owner: 'payments',
        reason: 'never reached',
        until: Date.parse('2026-12-31T23:59:59Z'),
        actor: 'ada',
        preview: false,
      },
    ]);
  });

  it('that would be refused is refused before anybody is asked', async () => {
    const message = 'there is no team "payments"';
    const strict = await startServer({
      patch: {
        waive() {
          throw new SheerError('not-found', message);
        },
      },
    });
    const terminal = fakeTerminal({ interactive: true, answer: true });
    const terms = ['--owner', 'payments', '--reason', 'never reached', '--until', '2026-12-31'];
    const line = ['--state', strict.directory, 'waive', CVE, '--for', 'checkout', ...terms];
    const { exit, out, error } = await run(line, { terminal, environment: { NO_COLOR: '1' } });
    await strict.stop();
    assert.deepEqual([exit, out, error], [3, '', `✘ ${message}\n`]);
  });

  it('is ended', async () => {
    const { out } = await run(['--state', server.directory, 'waive', CVE, '--for', 'checkout', '--end']);
    assert.match(out, /^the waiver of CVE-2026-31337 for shop\/checkout \(production\) was ended/);
    assert.deepEqual(server.patch.asked.at(-1), ['endWaiver', CVE, 'checkout', 'ada']);
  });
});

describe('documents of others', () => {
  let server: StartedServer;
  let state: readonly string[];
  let folder = '';
  before(async () => {
    server = await startServer();
    state = ['--state', server.directory];
    folder = join(server.directory, 'osv');
    mkdirSync(folder);
  });
  after(() => server.stop());

  it('are synced from a place that the control plane reads itself, with progress for a person', async () => {
    const terminal = fakeTerminal({ interactive: true });
    const { exit, out, error } = await run([...state, 'advisories', 'sync', folder], {
      terminal,
      environment: { NO_COLOR: '1' },
    });
    assert.equal(exit, 0);
    assert.match(out, /^41,204 records read, 41,203 changed/);
    assert.ok(error.startsWith('\r  20,000 read   20,000 changed'), error);
    const [name, request] = server.patch.asked.at(-1) ?? [];
    assert.deepEqual([name, request], ['sync', { place: folder, acceptFewer: false, actor: 'ada' }]);
  });

  it('are synced as lines of JSON with --json, the result last', async () => {
    const { out, error } = await run([...state, 'advisories', 'sync', '--accept-fewer', '--json']);
    assert.equal(error, '');
    assert.deepEqual(
      printedDocuments(out).map(({ kind }) => kind),
      ['progress', 'result'],
    );
    const [, request] = server.patch.asked.at(-1) ?? [];
    assert.deepEqual(request, { place: null, acceptFewer: true, actor: 'ada' });
  });

  it('say what went wrong in the middle of a sync', async () => {
    const broken = await startServer({
      patch: {
        async *sync() {
          yield syncStep;
          throw new TypeError('inside');
        },
      },
    });
    try {
      const { exit, error } = await run(['--state', broken.directory, 'advisories', 'sync']);
      assert.equal(exit, 1);
      assert.match(error, /something went wrong inside of the control plane/);
      assert.equal(broken.logged.length, 1);
    } finally {
      await broken.stop();
    }
  });

  it('are not read from this machine by a control plane elsewhere', async () => {
    const elsewhere = ['--server', `http://127.0.0.1:${server.port}`];
    const ran = await run([...elsewhere, 'advisories', 'sync', folder], {
      environment: { SHEER_TOKEN: 'x' },
    });
    assert.deepEqual(
      [ran.exit, /is on this machine, and the control plane is at/.test(ran.error)],
      [2, true],
    );
    const { status, error } = await send({
      port: server.port,
      path: '/api/v1/advisories',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer a-token-of-at-least-thirty-two-characters',
      },
      body: JSON.stringify({ place: folder }),
    });
    assert.deepEqual([status, error?.code], [403, 'not-permitted']);
  });

  it('are taken with their names', async () => {
    const list = join(folder, 'list.cdx.json');
    writeFileSync(list, '{}');
    const { out } = await run([...state, 'documents', 'add', list]);
    assert.match(out, /^cyclonedx list was taken: it is about sha256:c1c1c1c1c1c1…/);
    const [name, called, content, actor] = server.patch.asked.at(-1) ?? [];
    assert.deepEqual(
      [name, called, Buffer.from(content as Uint8Array).toString(), actor],
      ['addDocument', 'list.cdx.json', '{}', 'ada'],
    );
  });
});
