import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createPrivately } from './lock.ts';

const FILES = 300;

/** Makes the same files as another one at the same time: each waits for the other before each file. */
const MAKER = `
  import { workerData } from 'node:worker_threads';
  import { createPrivately } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
  const arrived = new Int32Array(workerData.arrived);
  for (let file = 0; file < ${FILES}; file++) {
    Atomics.add(arrived, file, 1);
    while (Atomics.load(arrived, file) < 2);
    createPrivately(workerData.directory + '/' + file);
  }`;

describe('a file for its owner only', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheer-lock-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('is made by two at the same time, and neither fails', async () => {
    const arrived = new SharedArrayBuffer(4 * FILES);
    const makers = [1, 2].map(
      () =>
        new Worker(new URL(`data:text/javascript,${encodeURIComponent(MAKER)}`), {
          workerData: { directory, arrived },
        }),
    );
    await Promise.all(makers.map((maker) => once(maker, 'exit')));
    const names = readdirSync(directory);
    assert.equal(names.length, FILES);
    assert.equal(statSync(join(directory, names[0] ?? '')).mode & 0o777, 0o600);
  });

  it('can not take the place of a directory', () => {
    mkdirSync(join(directory, 'folder'));
    assert.throws(() => createPrivately(join(directory, 'folder')), { code: 'EEXIST' });
  });
});
