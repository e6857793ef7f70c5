import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readSample } from '../../advisories.conformance.ts';
import { openSqliteAdvisories } from './open-advisories.ts';

const CHILD = join(import.meta.dirname, 'advisory-crash-child.ts');
/** Of the some hundred writes of each, so many are died at; at least the last ones, where it is decided. */
const SAMPLES = 6;

describe('a write of advisories that is killed', () => {
  const parent = mkdtempSync(join(tmpdir(), 'sheer-advisories-crash-'));
  after(() => rmSync(parent, { recursive: true, force: true }));
  const run = (directory: string, killAt: number, when: string): string =>
    spawnSync(process.execPath, [CHILD, directory, String(killAt), when], { encoding: 'utf8' }).stdout;
  const writesOf = (output: string): number => Number(/writes (\d+)/.exec(output)?.[1]);
  /** Records, and how many of them are of the second write. */
  const stateOf = (directory: string): string => {
    const store = openSqliteAdvisories({ directory, read: readSample });
    const found = [...store.forPackages([{ ecosystem: 'npm', name: 'a' }])].flat();
    const state = `${found.length} ${found.filter(({ advisory }) => advisory.modified === 2).length}`;
    assert.equal(store.sources()[0]?.records ?? 0, found.length);
    store.close();
    return state;
  };

  const loaded = join(parent, 'loaded');
  const rows: readonly (readonly [when: string, before: string, after: string])[] = [
    ['first', '0 0', '80 0'],
    ['later', '80 0', '75 75'],
  ];
  for (const [when, old, fresh] of rows) {
    it(`leaves what was there, or all of it: ${when}`, () => {
      if (when === 'later') run(loaded, 0, 'first');
      const begin = (name: string): string => {
        const directory = join(parent, `${when}-${name}`);
        if (when === 'later') cpSync(loaded, directory, { recursive: true });
        return directory;
      };
      const whole = begin('whole');
      const writes = writesOf(run(whole, 0, when));
      assert.ok(writes > SAMPLES);
      assert.equal(stateOf(whole), fresh);
      const states = new Set<string>();
      for (let sample = 0; sample < SAMPLES; sample++) {
        const killAt =
          sample < SAMPLES / 2
            ? 1 + Math.floor((writes * sample) / SAMPLES)
            : writes - (SAMPLES - 1 - sample);
        const directory = begin(String(killAt));
        assert.equal(run(directory, killAt, when), '', `it was killed at ${killAt} of ${writes}`);
        const state = stateOf(directory);
        assert.ok(state === old || state === fresh, `${state} after ${killAt} of ${writes}`);
        states.add(state);
        run(directory, 0, when);
        assert.equal(stateOf(directory), fresh, 'and it can be done again');
        const half = readdirSync(directory).filter((name) => name.includes('.new'));
        assert.deepEqual(half, [], 'and nothing half is left');
      }
      assert.ok(states.has(old));
    });
  }
});
