import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { NOON, sampleFacts } from './sample-facts.ts';
import { openSqliteStore } from './sqlite/open.ts';
import type { StoredRecord } from './store.ts';

const PAGE = new URL('../../docs/record-format.md', import.meta.url);

describe('the program in docs/record-format.md', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheer-export-'));
  const program = /```js\n(.*?)```/s.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '';
  const store = openSqliteStore({ directory, clock: () => NOON, node: 'node-1' });
  const head = store.append('audit', sampleFacts(1, 20), 0);
  store.erase('audit', 7);
  const records = [...store.records('audit', 0)].flat();

  after(() => {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function verify(exported: readonly StoredRecord[]): string {
    const input = exported.map((record) => `${JSON.stringify(record)}\n`).join('');
    return spawnSync(process.execPath, ['-e', program], { input, encoding: 'utf8' }).stdout.trim();
  }

  it('agrees with an export, with an erased record in it', () => {
    assert.equal(records[6]?.payload, null);
    assert.equal(verify(records), `20 records fit; head ${head.hash}`);
  });

  it('names the record that was edited or taken out', () => {
    const edited = records.map((record) => (record.position === 4 ? { ...record, payload: '{}' } : record));
    assert.equal(verify(edited), 'record 4 does not fit');
    assert.equal(verify(records.filter((record) => record.position !== 9)), 'record 9 does not fit');
  });
});
