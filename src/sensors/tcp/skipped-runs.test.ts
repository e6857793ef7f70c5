import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SkippedRuns } from './skipped-runs.ts';

describe('runs that the kernel skipped', () => {
  it('are counted from when the program is loaded, each once, and anew for another process', (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sheerline-fdinfo-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const write = (pid: number, name: string, type: number, misses: number): void => {
      mkdirSync(join(directory, `${pid}`), { recursive: true });
      const text = `pos:\t0\nprog_type:\t${type}\nrecursion_misses:\t${misses}\nverified_insns:\t9\n`;
      writeFileSync(join(directory, `${pid}`, name), text);
    };
    const skipped = new SkippedRuns((pid) => join(directory, `${pid}`));
    assert.equal(skipped.take(1), 0, 'it has not even started');
    write(1, '14', 7, 99);
    assert.equal(skipped.take(1), 0, 'only a timer is loaded');
    write(1, '12', 5, 3);
    assert.equal(skipped.take(1), 3);
    assert.equal(skipped.take(1), 0);
    write(1, '12', 5, 5);
    assert.equal(skipped.take(1), 2);
    rmSync(join(directory, '1'), { recursive: true });
    assert.equal(skipped.take(1), 0, 'it has ended');
    write(2, '12', 5, 1);
    assert.equal(skipped.take(2), 1);
  });

  it('are unknown to a kernel that does not count them', (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sheerline-fdinfo-'));
    t.after(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, '12'), 'pos:\t0\nprog_type:\t5\nprog_id:\t77\n');
    assert.equal(new SkippedRuns(() => directory).take(1), 0);
  });
});
