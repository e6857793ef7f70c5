import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../../test/fakes/run-program.ts';
import { startServer } from '../../../test/fakes/server.ts';
import type { StartedServer } from '../../../test/fakes/server.ts';
import { fakeTerminal } from '../../../test/fakes/terminal.ts';

describe('declaring', () => {
  let server: StartedServer;
  let directory = '';
  before(async () => {
    server = await startServer();
    directory = mkdtempSync(join(tmpdir(), 'sheer-declare-'));
    mkdirSync(join(directory, '.github'));
    mkdirSync(join(directory, 'node_modules'));
    for (const name of [
      'sheer.yaml',
      'shop.sheer.yml',
      'catalog-info.yaml',
      '.github/CODEOWNERS',
      'README.md',
      'node_modules/sheer.yaml',
    ]) {
      writeFileSync(join(directory, name), `# ${name}\n`);
    }
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    await server.stop();
  });

  function declared() {
    return server.questions.asked
      .filter(([name]) => name === 'declare')
      .map(([, files, options]) => ({
        names: (files as { name: string }[]).map(({ name }) => name),
        dryRun: (options as { dryRun: boolean }).dryRun,
      }))
      .slice(-2);
  }

  it('plans first, then declares; without a terminal nobody is asked', async () => {
    const path = join(directory, 'sheer.yaml');
    const { exit, out } = await run(['--state', server.directory, 'declare', path]);
    assert.deepEqual([exit, out], [0, 'declared: 1 change\n  + team payments\n']);
    assert.deepEqual(declared(), [
      { names: [path], dryRun: true },
      { names: [path], dryRun: false },
    ]);
  });

  it('takes everything in a directory that declares something', async () => {
    await run(['--state', server.directory, 'declare', directory]);
    assert.deepEqual(
      declared()[1]?.names,
      ['.github/CODEOWNERS', 'catalog-info.yaml', 'sheer.yaml', 'shop.sheer.yml'].map((name) =>
        join(directory, name),
      ),
    );
  });

  it('shows the plan and asks a person; "no" changes nothing', async () => {
    const terminal = fakeTerminal({ interactive: true, answer: false });
    const { exit, out, error } = await run(['--state', server.directory, 'declare', directory], { terminal });
    assert.deepEqual([exit, error], [1, 'Nothing was changed.\n']);
    assert.match(out, /plan: 1 change\n {2}\+ team payments/);
    assert.deepEqual(terminal.asked, ['Go ahead?']);
    assert.equal(declared()[1]?.dryRun, true);
  });

  it('does not ask with --yes', async () => {
    const terminal = fakeTerminal({ interactive: true });
    const { exit } = await run(['--state', server.directory, 'declare', directory, '--yes'], { terminal });
    assert.deepEqual([exit, terminal.asked], [0, []]);
  });

  it('prints what is wrong with a file, line by line', async () => {
    const path = join(directory, 'broken.yaml');
    writeFileSync(path, 'owner: payment\n');
    const { exit, error } = await run(['--state', server.directory, 'declare', path]);
    assert.equal(exit, 2);
    assert.equal(
      error,
      `✘ ${path}:2:10: services.checkout.owner: there is no team "payment"\n` +
        '      2 |   owner: payment\n                 ^^^^^^^\n  next   Nothing was changed.\n',
    );
  });

  it('suggests a first draft', async () => {
    const { out } = await run(['--state', server.directory, 'declare', '--suggest']);
    assert.equal(out, 'version: 1\nservices: {}\n');
  });
});
