import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const CHILD = join(import.meta.dirname, 'full-disk-child.ts');

interface Said {
  readonly what: string;
  readonly [name: string]: unknown;
}

describe('a sync of advisories that fills the disk', () => {
  const parent = mkdtempSync(join(tmpdir(), 'sheer-advisories-disk-'));
  let said: readonly Said[] = [];
  before(() => {
    const command = ['-m', '--propagation', 'private', process.execPath, CHILD, parent];
    const { status, stdout, stderr, error } = spawnSync('unshare', command, { encoding: 'utf8' });
    assert.equal(error, undefined, 'unshare is needed: apt-get install util-linux');
    assert.equal(status, 0, `as root, with a mount namespace of its own: ${stderr}`);
    // Lines that the child wrote as such.
    said = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Said);
  });
  after(() => rmSync(parent, { recursive: true, force: true }));

  const rows: readonly (readonly [what: string, code: string, records: readonly number[], says: RegExp])[] = [
    ['first load', 'state-unusable', [], /The disk .* is full; nothing was recorded/],
    ['small load', 'none', [500], /^$/],
    ['increment', 'state-unusable', [500], /The disk .* is full; nothing was recorded/],
    ['download', 'sensor-failed', [500], /There is no room for http/],
    ['room', 'none', [500, 500], /^$/],
  ];
  for (const [what, code, records, says] of rows) {
    it(`leaves what was there, whole, and nothing half: ${what}`, () => {
      const { message = '', ...line } = said.find((each) => each.what === what) ?? { what };
      assert.match(String(message), says);
      assert.deepEqual([line['code'], line['records']], [code, records]);
      assert.equal(line['readable'], records.length > 0);
      assert.deepEqual(line['halfFiles'], []);
    });
  }
});
