import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ServerError } from './errors.ts';
import { loadToken } from './token-file.ts';

const token = 'f'.repeat(64);

describe('the token file', () => {
  let directory = '';
  let path = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sheer-token-'));
    path = join(directory, 'token');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is made for its owner only, and read again afterwards', () => {
    assert.equal(
      loadToken(path, () => token),
      token,
    );
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(
      loadToken(path, () => 'another'),
      token,
    );
    assert.equal(readFileSync(path, 'utf8'), `${token}\n`);
  });

  it('is refused when others may read it', () => {
    loadToken(path, () => token);
    chmodSync(path, 0o644);
    assert.throws(() => loadToken(path, () => token), { code: 'not-permitted' });
  });

  for (const content of ['', 'short\n', `${token} ${token}`]) {
    it(`is refused when it holds ${JSON.stringify(content.slice(0, 10))}`, () => {
      writeFileSync(path, content, { mode: 0o600 });
      assert.throws(() => loadToken(path, () => token), { code: 'state-unusable' });
    });
  }

  it('is made at the next start when a start was killed while it wrote it', () => {
    const module = join(import.meta.dirname, 'token-file.ts');
    const script = `import { loadToken } from '${module}'; loadToken('${path}', () => '${token}');`;
    // The kernel ends who writes to a file then (SIGXFSZ).
    const killed = [
      '-c',
      'ulimit -f 0; exec "$0" "$@"',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ];
    assert.notEqual(spawnSync('sh', killed).status, 0);
    assert.equal(
      loadToken(path, () => token),
      token,
    );
    assert.deepEqual(readdirSync(directory), ['token']);
  });

  it('says so when its directory is not there', () => {
    assert.throws(() => loadToken(join(directory, 'none', 'token'), () => token), ServerError);
  });
});
