import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { saidInOwnMounts, type Said } from '../../../test/own-mounts/said-in-own-mounts.ts';

const CHILD = new URL('state-mount-child.ts', import.meta.url).pathname;

describe('a state directory on a small disk', () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'sheer-disk-'));
  const directory = join(mountPoint, 'state');
  let said: readonly Said[] = [];

  before(() => {
    said = saidInOwnMounts(CHILD, mountPoint);
  });

  after(() => rmSync(mountPoint, { recursive: true, force: true }));

  const about = (what: string): Said => said.find((line) => line.what === what) ?? { what };

  it('takes nothing of what does not fit, of any kind, and says what to do', () => {
    const { position, ...rest } = about('full');
    assert.ok(Number(position) > 0);
    assert.deepEqual(rest, {
      what: 'full',
      code: 'state-unusable',
      message: `The disk that holds the state directory ${directory} is full; nothing was recorded.`,
      next: `Free some space there (df -h ${directory}).`,
      others: ['state-unusable', 'state-unusable', 'state-unusable'],
      head: position,
    });
  });

  it('goes on where it was when there is room', () => {
    const records = Number(about('full')['position']) + 50;
    assert.deepEqual(about('room'), {
      what: 'room',
      position: records - 50,
      records,
      inOrder: true,
      flows: 0,
    });
  });

  it('that is read-only is refused, and says what to do', () => {
    for (const [what, path] of [
      ['read-only', directory],
      ['read-only, new', join(mountPoint, 'new', 'state')],
    ] as const) {
      assert.deepEqual(about(what), {
        what,
        code: 'state-unusable',
        message: `The state directory ${path} cannot be written: read-only file system.`,
        next: 'Make it writable, or choose another one with --state DIR.',
      });
    }
  });
});
