import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import manifest from '../package.json' with { type: 'json' };

const LAUNCHER = join(import.meta.dirname, '../sheer');

describe('./sheer', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-launcher-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  function start(program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    return spawnSync(program, parameters, {
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', HOME: directory, ...environment },
      encoding: 'utf8',
    });
  }

  it('runs the command line from anywhere, and says nothing of its own', () => {
    const { status, stdout, stderr } = start(LAUNCHER, ['--version']);
    assert.deepEqual([status, stdout, stderr], [0, `sheerline ${manifest.version}\n`, '']);
  });

  it('finds its checkout through links, relative ones too', () => {
    symlinkSync(LAUNCHER, join(directory, 'first'));
    symlinkSync('first', join(directory, 'second'));
    assert.equal(start('./second', ['--version']).status, 0);
  });

  it('keeps what Node compiled where caches belong', () => {
    const cache = join(directory, 'caches');
    assert.equal(start(LAUNCHER, ['--version'], { XDG_CACHE_HOME: cache }).status, 0);
    assert.deepEqual(readdirSync(cache), ['sheerline']);
  });

  it('works for users without a home', () => {
    assert.equal(start(LAUNCHER, ['--version'], { HOME: '' }).status, 0);
  });
});
