import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { AuditRecord, CallAnswer, ServiceAnswer, StatusAnswer, VerificationAnswer } from '#model';
import * as answers from '#model/answers';
import { StartedProcesses } from '../processes/started-processes.ts';
import { descendantsOf, isRunning, type RunningProcess } from './processes-of.ts';
import { ENTRY, eventually, sheer, type Ran } from './product.ts';

const LAUNCHER = join(import.meta.dirname, '../../sheer');

/** What the demo prints with --json, as far as this test looks at it. */
interface DemoResult {
  readonly complete: boolean;
  readonly calls: readonly { readonly sent: number | null; readonly found: number | null }[];
}

describe('sheer demo', () => {
  it('finds every call that it made, and leaves nothing behind', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-journey-'));
    try {
      const child = spawn(LAUNCHER, ['demo', '--json'], {
        env: { ...process.env, TMPDIR: directory },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let complaint = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
      const exited = once(child, 'close');
      const started = new Map<number, RunningProcess>();
      while (child.exitCode === null && child.signalCode === null) {
        for (const one of descendantsOf(child.pid ?? -1)) started.set(one.pid, one);
        await delay(100);
      }
      assert.deepEqual(await exited, [0, null], complaint + out);
      // What the demo prints.
      const result = JSON.parse(out) as DemoResult;
      assert.equal(result.complete, true);
      assert.ok(result.calls.length >= 4);
      for (const { sent, found } of result.calls) assert.ok((sent ?? 0) > 0 && (found ?? 0) > 0);
      assert.ok(started.size >= 4, 'it started services');
      await eventually('nothing that it started runs', () =>
        [...started.values()].some(isRunning) ? null : true,
      );
      assert.deepEqual(await readdir(directory), []);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('the first ten minutes', () => {
  const teardown = new AsyncDisposableStack();
  const processes = new StartedProcesses();
  let directory: string;
  let state: string;
  let server: string;
  const run = (...line: readonly string[]): Promise<Ran> => sheer([...line, '--state', state]);
  const json = async <Answer>(...line: readonly string[]): Promise<Answer> => {
    const { exit, out, error } = await run(...line, '--json');
    assert.equal(exit, 0, `${line.join(' ')}: ${error}${out}`);
    // Each command's answer is checked against its schema below.
    return JSON.parse(out) as Answer;
  };
  /** Line by line, without the last one, which sums up. */
  const refusalOf = ({ out }: Ran) => answers.errorSchema.parse(JSON.parse(out)).error;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sheerline-journey-'));
    teardown.defer(() => rm(directory, { recursive: true, force: true }));
    state = join(directory, 'state');
    teardown.defer(() => processes.end());
    const tether = endWithThisProcess(state);
    teardown.defer(async () => {
      await run('down');
      tether.kill();
    });
    const up = await run('up', '--detach', '--port', '0', '--engine', 'processes');
    assert.equal(up.exit, 0, up.error);
    assert.match(up.out, /^sheerline \S+ {3}http:\/\/127\.0\.0\.1:\d+/);
    const process = processes.nodeServer();
    server = (await process.line()).split(' ')[1] ?? '';
    await eventually('its own control plane and the server are known', async () => {
      const { counts } = await json<StatusAnswer>('status');
      const { out } = await run('whois', `127.0.0.1:${server}`);
      return counts.services > 0 && /certain/.test(out) ? true : null;
    });
    const caller = processes.start(globalThis.process.execPath, '-e', callerOf(server));
    await caller.line();
    await eventually('a call is known', async () =>
      (await json<readonly CallAnswer[]>('calls')).find(({ port }) => port === Number(server)),
    ).catch(async (cause: unknown) => {
      throw new Error(`${(await run('calls')).out}${(await run('sources')).out}`, { cause });
    });
  });
  after(() => teardown.disposeAsync());

  const list = (schema: z.ZodType) => z.array(schema);
  const commands = (): readonly (readonly [line: readonly string[], schema: z.ZodType])[] => [
    [['status'], answers.statusSchema],
    [['sources'], list(answers.sourceSchema)],
    [['capabilities'], list(answers.capabilitySchema)],
    [['services'], list(answers.serviceSchema)],
    [['instances'], list(answers.instanceSchema)],
    [['nodes'], list(answers.nodeSchema)],
    [['images'], list(answers.imageSchema)],
    [['teams'], list(answers.teamSchema)],
    [['externals'], list(answers.externalSchema)],
    [['calls'], list(answers.callSchema)],
    [['flows', '--since', '10m'], list(answers.flowSchema)],
    [['lint'], list(answers.lintFindingSchema)],
    [['next'], list(answers.nextStepSchema)],
    [['whois', `127.0.0.1:${server}`], answers.whoisSchema],
    [['whois', '203.0.113.9'], answers.whoisSchema],
    [['services', '--at', '5m'], list(answers.serviceSchema)],
    [['audit', 'tail'], list(answers.auditRecordSchema)],
    [['audit', 'verify'], answers.verificationSchema],
  ];

  it('prints every answer for people, and with --json as its schema promises', async () => {
    for (const [line, schema] of commands()) {
      const people = await run(...line);
      assert.equal(people.exit, 0, `${line.join(' ')}: ${people.error}`);
      assert.notEqual(people.out.trim(), '', line.join(' '));
      const checked = schema.safeParse(await json(...line));
      assert.ok(checked.success, `${line.join(' ')}: ${checked.error?.message}`);
    }
  });

  it('answers questions about what it found', async () => {
    // One of its own: of one that other processes of the machine are of, too, the history may be long.
    const file = join(directory, 'own', 'sheer.yaml');
    mkdirSync(join(directory, 'own'));
    writeFileSync(file, `services:\n  journey:\n    match: { port: ${server} }\n`);
    assert.equal((await run('declare', file, '--yes')).exit, 0);
    const services = await json<readonly ServiceAnswer[]>('services');
    const service = services.find(({ name }) => name === 'journey');
    assert.ok(service !== undefined);
    answers.whoSchema.parse(await json('who', service.id));
    const [call] = await json<readonly CallAnswer[]>('calls');
    assert.ok(call !== undefined);
    answers.whySchema.parse(await json('why', call.fromId ?? call.from, call.toId ?? call.to));
    const history = z.array(answers.historyEntrySchema).parse(await json('history', service.id));
    assert.ok(history.some(({ what, kind }) => what === 'assert' && kind === 'instance'));
    assert.match((await run('history', service.id)).out, /started/);
  });

  it('explains every command', async () => {
    const names = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')
      .matchAll(/^## sheer (.+)$/gm)
      .map(([, name = '']) => name.split(' '))
      .toArray();
    assert.ok(names.length > 20);
    for (const name of names) {
      const { exit, out } = await sheer([...name, '--help']);
      assert.equal(exit, 0, name.join(' '));
      assert.match(out, new RegExp(`^Usage: sheer ${name.join(' ')}`));
    }
  });

  it('says what it does not know: exit 3, 2 and 5', async () => {
    for (const line of [
      ['who', 'no-such-thing'],
      ['history', 'no-such-thing'],
      ['next', 'no-such-thing'],
      ['why', 'no-such-thing', 'another'],
    ]) {
      const ran = await run(...line, '--json');
      assert.equal(ran.exit, 3, line.join(' '));
      assert.equal(refusalOf(ran).code, 'not-found');
    }
    assert.equal((await run('whois', 'no-address')).exit, 2);
    assert.equal((await run('services', '--at', 'some day')).exit, 2);
    assert.equal((await run('no-such-command')).exit, 2);
    const nothing = join(directory, 'nothing');
    const nobody = await sheer(['services', '--json', '--state', nothing]);
    assert.equal(nobody.exit, 5);
    assert.equal(refusalOf(nobody).next, `sheer up --state ${nothing}`);
  });

  it('refuses a declaration with an error whole, and shows where', async () => {
    const file = join(directory, 'broken.yaml');
    writeFileSync(
      file,
      'teams:\n  payments:\nservices:\n  checkout:\n    match: { executable: checkout }\n    owner: payment\n',
    );
    const { exit, error } = await run('declare', file, '--yes');
    assert.equal(exit, 2);
    assert.deepEqual(
      error
        .trimEnd()
        .split('\n')
        .map((text) => text.trimEnd()),
      [
        `✘ ${file}:6:12: services.checkout.owner: there is no team "payment" (did you mean "payments"?)`,
        '      4 |   checkout:',
        '      5 |     match: { executable: checkout }',
        '      6 |     owner: payment',
        '                     ^^^^^^^',
        '      Nothing was changed.',
      ],
    );
    assert.deepEqual(await json('teams'), []);
  });

  it('keeps a record that can be verified, kept elsewhere and exported; an edit is found and named', async () => {
    const file = join(directory, 'sheer.yaml');
    writeFileSync(file, 'teams:\n  payments:\n  shop: { contact: shop@example.com }\n');
    const declared = answers.declarationResultSchema.parse(await json('declare', file, '--yes'));
    assert.deepEqual(
      declared.changes.map(({ change, kind, id }) => [change, kind, id]),
      [
        ['added', 'team', 'payments'],
        ['added', 'team', 'shop'],
      ],
    );
    const records = await json<readonly AuditRecord[]>('audit', 'tail');
    const shop = records.find(({ subject }) => subject.id === 'shop');
    assert.ok(shop?.actor !== null && shop !== undefined, 'a record names who did it');
    const heads = await json<Record<string, { readonly position: number; readonly hash: string }>>(
      'audit',
      'head',
    );
    const head = `${heads['audit']?.position}:${heads['audit']?.hash}`;
    assert.equal((await run('audit', 'verify', '--head', head)).exit, 0);
    const exported = join(directory, 'audit.ndjson');
    assert.equal((await run('audit', 'export', '--out', exported)).exit, 0);
    assert.equal(readFileSync(exported, 'utf8').trim().split('\n').length, heads['audit']?.position);

    assert.equal((await run('down')).exit, 0);
    const database = new DatabaseSync(join(state, 'state.sqlite'));
    database
      .prepare(
        "UPDATE audit SET payload = replace(payload, 'shop@example.com', 'evil@example.com') WHERE position = ?",
      )
      .run(shop.position);
    database.close();
    assert.equal((await run('up', '--detach', '--port', '0', '--engine', 'processes')).exit, 0);
    const verify = await run('audit', 'verify', '--json');
    assert.equal(verify.exit, 1);
    const { streams } = JSON.parse(verify.out) as VerificationAnswer;
    const audit = streams.find(({ stream }) => stream === 'audit');
    assert.deepEqual([audit?.ok, audit?.position, audit?.problem], [false, shop.position, 'edited']);
    assert.match((await run('audit', 'verify')).out, /edited/);
  });
});

/** However this process ends, a control plane in the background ends then: the shell waits for its input to close. */
function endWithThisProcess(state: string): ChildProcess {
  const script = 'cat >/dev/null; exec "$@" >/dev/null 2>&1';
  const down = [process.execPath, ENTRY, 'down', '--state', state];
  const tether = spawn('sh', ['-c', script, 'sh', ...down], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  tether.unref();
  return tether;
}

/** Connects once, says so, and stays. */
const callerOf = (port: string): string => `
  require('node:net').connect(${port}, '127.0.0.1', () => console.log('connected'));
  setInterval(() => undefined, 1000);`;
