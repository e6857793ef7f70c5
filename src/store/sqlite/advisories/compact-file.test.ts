import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readSample, writeSamples } from '../../advisories.conformance.ts';
import { openSqliteAdvisories } from './open-advisories.ts';

describe('a file of advisories that were replaced many times', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sheer-compact-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is written anew, with all that is in it', () => {
    const store = openSqliteAdvisories({ directory: join(directory, 'a'), read: readSample, goneMin: 50 });
    writeSamples(store, ['Z at 1 alias Y', 'X'], { source: 'other' });
    const files = new Set<string>();
    for (let round = 1; round <= 10; round++) {
      writeSamples(
        store,
        Array.from({ length: 30 }, (_, index) => `A-${index} at ${round} in npm/a`),
      );
      for (const name of readdirSync(join(directory, 'a'))) if (/^\d+\.db$/.test(name)) files.add(name);
    }
    assert.ok(files.size > 1, 'it was written anew');
    assert.equal(store.generation(), 11);
    assert.equal([...store.forPackages([{ ecosystem: 'npm', name: 'a' }])].flat().length, 30);
    assert.equal(store.byId('A-7')[0]?.advisory.modified, 10);
    assert.deepEqual(
      store.byId('Y').map(({ source }) => source),
      ['other'],
    );
    assert.deepEqual([...store.changedSince(1)].flat().length, 30);
    assert.deepEqual(writeSamples(store, ['Z at 1 alias Y', 'X'], { source: 'other' }).changed, 0);
    store.close();
  });
});
