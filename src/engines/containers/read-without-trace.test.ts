import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readOpened, readWithoutTrace } from './read-without-trace.ts';

describe('reading a file that may go at any moment', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-read-'));
  const path = join(directory, 'hosts');
  after(() => rmSync(directory, { recursive: true }));

  it('gives its text, or nothing when it is gone', () => {
    writeFileSync(path, '10.0.0.2 web');
    assert.equal(readWithoutTrace(path)?.text, '10.0.0.2 web');
    rmSync(path);
    assert.equal(readWithoutTrace(path), null);
  });

  it('gives nothing when it goes between the opening and the reading: its time would be that of its removal', () => {
    writeFileSync(path, '10.0.0.2 web');
    const file = openSync(path, 'r');
    rmSync(path);
    assert.equal(readOpened(file), null);
    closeSync(file);
  });
});
