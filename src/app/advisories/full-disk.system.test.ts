import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { saidInOwnMounts, type Said } from '../../../test/own-mounts/said-in-own-mounts.ts';

const CHILD = join(import.meta.dirname, 'full-disk-child.ts');

describe('a sync of advisories that fills the disk', () => {
  const parent = mkdtempSync(join(tmpdir(), 'sheer-advisories-disk-'));
  let said: readonly Said[] = [];
  before(() => {
    said = saidInOwnMounts(CHILD, parent);
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
