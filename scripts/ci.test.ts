import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

describe('.ci/run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-ci-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, '.ci'));
  cpSync(join(import.meta.dirname, '../.ci/run'), join(directory, '.ci/run'));

  const rows: readonly (readonly [title: string, npm: string, status: number, lastLine: string])[] = [
    ['repeats the totals at the very end', 'echo "12 passed, 0 failed"', 0, '12 passed, 0 failed'],
    ['fails as npm does', 'echo "3 passed, 2 failed"; echo "npm error"; exit 1', 1, '3 passed, 2 failed'],
    ['counts a set-up that failed', 'echo "no network"; exit 7', 1, '0 passed, 1 failed'],
    ['does not take silence for success', 'exit 0', 1, '0 passed, 1 failed'],
    ['allows no skipping', 'echo "$CI passed, 0 failed"; echo "1 passed, 0 failed"', 0, '1 passed, 0 failed'],
  ];
  for (const [title, npm, status, lastLine] of rows) {
    it(title, () => {
      const program = join(directory, 'npm');
      writeFileSync(program, `#!/bin/sh\n[ "$1" = test ] || exit 9\n${npm}\n`);
      chmodSync(program, 0o755);
      const run = spawnSync(join(directory, '.ci/run'), {
        env: { PATH: `${directory}:/usr/bin:/bin` },
        encoding: 'utf8',
      });
      assert.equal(run.status, status, run.stderr);
      assert.equal(run.stdout.trimEnd().split('\n').at(-1), lastLine);
      if (title === 'allows no skipping') assert.match(run.stdout, /^true passed/m);
    });
  }
});
