import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import manifest from '../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');
/** Makes Node say that it is older, as where the user's own Node starts the command. */
const OLDER_NODE =
  '--import=data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';

describe('the published package', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-package-'));
  const installed = join(directory, 'node_modules/sheerline');
  after(() => rmSync(directory, { recursive: true, force: true }));

  before(() => {
    // Staged, so that nothing is built into the checkout while others use it.
    const staged = join(directory, 'staged');
    mkdirSync(staged);
    for (const name of [
      'package.json',
      'LICENSE',
      'README.md',
      ...manifest.files.filter((file) => !/^(?:dist$|!)/.test(file)),
    ]) {
      cpSync(join(ROOT, name), join(staged, name), { recursive: true });
    }
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.ts'), join(staged, 'dist')]);
    const quiet = ['--ignore-scripts', '--silent', '--pack-destination', directory];
    const name = execFileSync('npm', ['pack', ...quiet], { cwd: staged, encoding: 'utf8' }).trim();
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(directory, name), '-C', installed, '--strip-components=1']);
  });

  function sheer(options: readonly string[], parameters: readonly string[]) {
    const program = join(installed, manifest.bin.sheer);
    return spawnSync(process.execPath, [...options, program, ...parameters], { encoding: 'utf8' });
  }

  it('runs with none of its dependencies there', () => {
    const run = sheer([], ['--version']);
    assert.deepEqual([run.status, run.stderr], [0, '']);
    assert.ok(run.stdout.includes(manifest.version), run.stdout);
  });

  it('says what to do where only an older Node is there', () => {
    const run = sheer([OLDER_NODE], ['--version']);
    assert.equal(run.status, 1);
    assert.match(run.stderr, /this is Node 20\.0\.0, and Node 26 is needed.*npm rebuild/s);
  });

  it('hands over to the pinned Node, with parameters and exit code', () => {
    symlinkSync(join(ROOT, 'node_modules/node'), join(directory, 'node_modules/node'));
    const run = sheer([OLDER_NODE], ['--version']);
    assert.deepEqual([run.status, run.stderr], [0, '']);
    assert.ok(run.stdout.includes(manifest.version), run.stdout);
  });

  it('reads packages and documents in helpers that are files of their own', () => {
    const program = join(installed, 'dist/document-helper.js');
    const run = spawnSync(
      process.execPath,
      ['--permission', `--allow-fs-read=${join(installed, 'dist')}`, '--no-warnings', program],
      { encoding: 'utf8', input: '{"bomFormat":"CycloneDX","specVersion":"1.6"}', cwd: '/' },
    );
    assert.equal(run.stderr, '');
    assert.match(run.stdout, /^\{"kind":"found","found":\{"kind":"list"/);
    for (const other of ['scan-helper.js', 'live-reader.js'])
      assert.ok(existsSync(join(installed, 'dist', other)), other);
  });

  it('holds what it promises and no sources', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((name) => name.endsWith('.ts')),
      [],
    );
    for (const name of ['LICENSE', 'README.md', 'docs/README.md', 'examples/shop/web/main.mjs']) {
      assert.ok(files.includes(name), name);
    }
  });
});
