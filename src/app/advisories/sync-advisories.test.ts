import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { AdvisoryStore } from '#store';
import { openAdvisories } from './open-advisories.ts';
import { syncAdvisories, type SyncSummary } from './sync-advisories.ts';

const NOW = Date.UTC(2026, 10, 22);

describe('a sync of advisories', () => {
  let parent = '';
  let folder = '';
  let store: AdvisoryStore;
  let now = NOW;
  beforeEach(() => {
    now = NOW;
    parent = mkdtempSync(join(tmpdir(), 'sheer-sync-'));
    folder = join(parent, 'osv');
    mkdirSync(folder);
    store = openAdvisories(join(parent, 'advisories'));
  });
  afterEach(() => {
    store.close();
    rmSync(parent, { recursive: true, force: true });
  });
  const sync = (place: string, acceptFewer = false): Promise<SyncSummary | null> =>
    syncAdvisories(store, {
      place,
      acceptFewer,
      directory: parent,
      clock: () => now,
      signal: new AbortController().signal,
      progress: () => {},
      document: () => {},
    });
  const record = (id: string, more: object = {}): string =>
    JSON.stringify({ id, modified: '2026-01-02T03:04:05Z', ...more });
  const put = (id: string, content = record(id)): void => writeFileSync(join(folder, `${id}.json`), content);
  const summaryOf = (id: string): string | undefined => store.byId(id)[0]?.advisory.summary;

  it('follows a directory: what is new, modified, withdrawn, broken and gone', async () => {
    for (const id of ['A-1', 'A-2', 'A-3', 'A-4', 'A-5']) put(id);
    await sync(folder);
    put('A-2', record('A-2', { modified: '2026-02-02T03:04:05Z', summary: 'modified' }));
    put('A-3', record('A-3', { modified: '2026-02-02T03:04:05Z', withdrawn: '2026-02-02T03:04:05Z' }));
    put('A-4', '{');
    rmSync(join(folder, 'A-5.json'));
    put('A-6');
    const summary = await sync(folder);
    assert.deepEqual(summary?.written, { generation: 2, added: 1, changed: 2, removed: 1, duplicates: 0 });
    assert.deepEqual([summary.counts.read, summary.counts.refused, summary.counts.withdrawn], [5, 1, 1]);
    assert.equal(summaryOf('A-2'), 'modified');
    assert.notEqual(store.byId('A-3')[0]?.advisory.withdrawn, null);
    assert.deepEqual([summaryOf('A-4'), summaryOf('A-5')], ['', undefined]);
  });

  it('refuses a file that was given by mistake', async () => {
    const file = join(folder, 'shadow');
    writeFileSync(file, 'root:secret\nann:secret\n');
    await assert.rejects(sync(file), (error: Error) => {
      assert.match(error.message, /shadow is an OSV record or an OpenVEX document: .*is no JSON/);
      return !error.message.includes('secret');
    });
    assert.equal(store.sources().length, 0);
  });

  it('does not forget what a directory had when nothing is in it any more', async () => {
    put('A-1');
    await sync(folder);
    rmSync(join(folder, 'A-1.json'));
    await assert.rejects(sync(folder), /holds no advisory any more; the 1 that it had are kept/);
    assert.equal(summaryOf('A-1'), '');
  });

  it('does not forget what a directory had when less than half of it is left', async () => {
    for (let index = 0; index < 100; index++) put(`A-${index}`);
    await sync(folder);
    for (let index = 0; index < 51; index++) rmSync(join(folder, `A-${index}.json`));
    await assert.rejects(sync(folder), /holds only 49 advisories any more; the 100 that it had are kept/);
    assert.equal(summaryOf('A-0'), '');
    assert.equal((await sync(folder, true))?.written.removed, 51);
  });

  it('follows what changed when the clock was set back, too', async () => {
    put('A-1');
    now = NOW + 365 * 86_400_000;
    await sync(folder);
    now = NOW;
    const generation = store.generation();
    put('A-1', record('A-1', { modified: '2026-02-02T03:04:05Z', summary: 'modified' }));
    put('A-2');
    await sync(folder);
    assert.deepEqual(
      [...store.changedSince(generation)].flat().map(({ id }) => id),
      ['A-1', 'A-2'],
    );
    assert.deepEqual([summaryOf('A-1'), store.sources()[0]?.syncedAt], ['modified', NOW]);
  });

  it('leaves everything as it was when a source breaks off', async () => {
    const lines = join(parent, 'a.jsonl.gz');
    writeFileSync(lines, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]));
    put('A-1');
    await sync(folder);
    await assert.rejects(sync(lines), { code: 'invalid-input' });
    assert.deepEqual(
      store.sources().map(({ id }) => id),
      [folder],
    );
    put('A-2');
    assert.equal((await sync(folder))?.written.added, 1);
  });

  it('of a URL that has not changed costs one question', async () => {
    let answers = 0;
    const server = createServer((request, response) => {
      answers += 1;
      if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
      else response.setHeader('etag', '"v1"').end(record('A-1'));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/A-1.json`;
    assert.equal((await sync(url))?.written.added, 1);
    assert.equal(await sync(url), null);
    assert.deepEqual([answers, summaryOf('A-1')], [2, '']);
    server.closeAllConnections();
    server.close();
  });
});
