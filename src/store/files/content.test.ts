import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ContentFiles } from './content.ts';

describe('content in files', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'sheer-content-')), 'content');
  const content = new ContentFiles(folder, (work) => work());
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

  after(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  it('is one file, however often it is put', () => {
    content.put(Buffer.from('abc'));
    content.put(Buffer.from('abc'));
    assert.deepEqual(
      files().map((file) => file.name),
      ['7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    );
  });

  it('that was changed is never handed out, and is healed when it is put again', () => {
    const bytes = Buffer.from('to be changed');
    const digest = content.put(bytes);
    const path = join(folder, digest.slice(7, 9), digest.slice(9));
    writeFileSync(path, 'changed');
    assert.throws(() => content.get(digest), { code: 'record-broken' });
    content.put(bytes);
    assert.deepEqual(content.get(digest), bytes);
  });
});
