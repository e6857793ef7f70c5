import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { until } from '../../test/fakes/until.ts';
import { type Outcome, runTestFile, runTool } from './file-run.ts';
import { describeOutcome, describeTotals, Totals } from './report.ts';

describe('the test runner', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-runner-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  async function runSource(source: string, deadlineMs = 60_000): Promise<Outcome> {
    const file = join(directory, `${Math.random()}.test.mjs`);
    writeFileSync(file, `import { before, describe, it } from 'node:test';\n${source}`);
    return runTestFile(file, deadlineMs);
  }

  const rows: readonly (readonly [
    title: string,
    source: string,
    passed: number,
    failed: readonly string[],
  ])[] = [
    ['counts tests, not suites', `describe('a', () => { it('b', () => {}); it('c', () => {}); });`, 2, []],
    [
      'names a failure by its path',
      `describe('a', () => { it('b', () => { throw new Error(); }); });`,
      0,
      ['a › b'],
    ],
    [
      'counts a broken hook',
      `describe('a', () => { before(() => { throw new Error(); }); it('b'); });`,
      0,
      ['a › b', 'a'],
    ],
    ['fails a file that throws', `throw new Error('load');`, 0, ['(file)']],
    ['fails a file that holds no test', ``, 0, ['(file)']],
    ['fails a file that ends by itself', `it('a', () => process.exit(0));`, 0, ['(file)']],
  ];
  for (const [title, source, passed, failed] of rows) {
    it(title, async () => {
      const outcome = await runSource(source);
      assert.equal(outcome.passed, passed);
      assert.deepEqual(
        outcome.failures.map((failure) => failure.name),
        failed,
        describeOutcome(outcome),
      );
    });
  }

  it('ends a file that hangs, and names the test that was running', async () => {
    const outcome = await runSource(`it('stuck', () => new Promise((r) => setTimeout(r, 600_000)));`, 1500);
    assert.equal(outcome.failures.length, 1);
    assert.match(outcome.failures[0]?.message ?? '', /did not end within 1.5 s; running: stuck/);
  });

  it('ends a file when it is interrupted, and what that file started', async () => {
    const interruption = new AbortController();
    const started = join(directory, 'started');
    const file = join(directory, 'interrupted.test.mjs');
    writeFileSync(
      file,
      `import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      import { it } from 'node:test';
      it('stuck', () => new Promise(() => {
        const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
        writeFileSync(${JSON.stringify(started)}, String(child.pid));
      }));`,
    );
    const running = runTestFile(file, 60_000, interruption.signal);
    await until(() => existsSync(started) && readFileSync(started, 'utf8') !== '');
    interruption.abort();
    assert.match((await running).failures[0]?.message ?? '', /^was interrupted; /);
    await until(() => !existsSync(`/proc/${readFileSync(started, 'utf8')}`));
  });

  it('says when something keeps a file alive after its tests', async () => {
    const outcome = await runSource(`it('leaks', () => { setInterval(() => {}, 1000); });`, 1500);
    assert.equal(outcome.passed, 1);
    assert.match(
      outcome.failures[0]?.message ?? '',
      /did not end within 1.5 s; no test was running any more/,
    );
  });

  it('says what a file left behind, and removes it', async () => {
    const outcome = await runSource(`
      import { spawn } from 'node:child_process';
      import { mkdtempSync } from 'node:fs';
      import { tmpdir } from 'node:os';
      it('leaks', () => {
        mkdtempSync(tmpdir() + '/forgotten-');
        spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();
      });`);
    assert.equal(outcome.passed, 1);
    const message = outcome.failures[0]?.message ?? '';
    const [, pid = '', forgotten = ''] =
      /^left behind: the process (\d+) \(sleep\), (\S+\/forgotten-\w+)$/.exec(message) ?? [];
    assert.equal(existsSync(forgotten), false, message);
    await until(() => !existsSync(`/proc/${pid}`));
  });

  it('leaves alone the name server that all podmans of the machine share', async () => {
    const [program, started] = [join(directory, 'aardvark-dns'), join(directory, 'name-server')];
    symlinkSync('/bin/sleep', program);
    const outcome = await runSource(`
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      it('starts it', () => {
        const child = spawn(${JSON.stringify(program)}, ['600'], { detached: true, stdio: 'ignore' });
        child.unref();
        writeFileSync(${JSON.stringify(started)}, String(child.pid));
      });`);
    const pid = Number(readFileSync(started, 'utf8'));
    // Throws when it runs no more.
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(outcome.failures, []);
  });

  it('counts what was left out as failed only where that is asked for', async () => {
    const outcome = await runSource(`it.skip('a'); it.todo('b'); it('c', (t) => t.skip('no tool'));`);
    const [lenient, strict] = [new Totals(), new Totals()];
    lenient.add(outcome, false);
    strict.add(outcome, true);
    assert.match(describeTotals(lenient, 0), /3 skipped\n0 passed, 0 failed$/);
    assert.match(describeTotals(strict, 0), /\n0 passed, 3 failed$/);
  });

  it('takes a tool as one check', async () => {
    assert.equal((await runTool('yes', ['true'], 10_000)).passed, 1);
    assert.deepEqual((await runTool('no', ['false'], 10_000)).failures, [
      { name: 'no', message: 'ended with exit code 1' },
    ]);
    assert.match(
      (await runTool('none', ['/no/such/tool'], 10_000)).failures[0]?.message ?? '',
      /could not be started/,
    );
  });
});
