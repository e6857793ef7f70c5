import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LIVE_LIMITS } from './live-request.ts';
import { RootDirectory } from './root-directory.ts';
import { RootPacker } from './root-packer.ts';

describe('what can not be packed of a live root', () => {
  it('is told up to a number, and then that there is more', (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sheerline-packer-'));
    t.after(() => rmSync(directory, { recursive: true }));
    mkdirSync(join(directory, 'd'));
    const root = new RootDirectory(directory);
    const paths = Array.from({ length: 1_500 }, (_, index) => `/${'./'.repeat(index)}d`);
    const answer = new RootPacker(root, LIVE_LIMITS, () => undefined).pack({ paths, walk: false });
    root.close();
    assert.ok(answer.kind === 'read');
    assert.deepEqual(answer.unread[999], { path: paths[999], reason: 'is a directory' });
    assert.deepEqual(answer.unread.slice(1_000), [
      { path: '/', reason: 'more than 1000 files could not be read' },
    ]);
  });
});
