import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Outcome } from './file-run.ts';
import { resultsOf, writeResults } from './results.ts';

const outcome = (name: string, own: Partial<Outcome>): Outcome => ({
  name,
  passed: 0,
  failures: [],
  skipped: [],
  durationMs: 0,
  output: '',
  ...own,
});

describe('the results of a run as a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-results-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  const outcomes = [
    outcome('a.test.ts', { passed: 3, durationMs: 12_345 }),
    outcome('b.test.ts', { passed: 1, failures: [{ name: 'b › c', message: 'no' }], skipped: ['d'] }),
  ];

  it('hold each file and their sums', () => {
    assert.deepEqual(resultsOf(outcomes, false, 15_000), {
      passed: 4,
      failed: 1,
      skipped: 1,
      seconds: 15,
      files: [
        { name: 'a.test.ts', passed: 3, failed: 0, skipped: 0, seconds: 12.3 },
        { name: 'b.test.ts', passed: 1, failed: 1, skipped: 1, seconds: 0, failures: ['b › c'] },
      ],
    });
  });

  it('count what was skipped as failed where the run does', () => {
    const { failed, files } = resultsOf(outcomes, true, 0);
    assert.deepEqual([failed, files[1]?.failed], [2, 2]);
  });

  it('say on what machine and of which versions they are', () => {
    const path = join(directory, 'deep', 'test-long.json');
    const results = resultsOf(outcomes, false, 0);
    writeResults(path, results);
    // What this test has just had written.
    const written = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(written), ['name', 'date', 'machine', 'versions', 'results']);
    assert.equal(written['name'], 'test-long');
    assert.equal(written['versions']?.['node'], process.version);
    assert.deepEqual(written['results'], results);
  });

  it('are not written when only some files were to run', () => {
    const path = join(directory, 'some.json');
    const runner = join(import.meta.dirname, '..', 'test.ts');
    execFileSync(process.execPath, [runner, 'check', '--results', path, 'answers/shell-word'], {
      stdio: 'ignore',
    });
    assert.equal(existsSync(path), false);
  });
});
