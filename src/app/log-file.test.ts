import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { openLogFile } from './log-file.ts';

const LONG = 8 * 1024 * 1024 + 1;

describe('the log of a control plane in the background', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'sheerline-log-'));
  const log = path.join(directory, 'control-plane.log');
  after(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(() => rmSync(`${log}.1`, { force: true }));

  async function openedSize(bytes: number, isInUse = false): Promise<number> {
    writeFileSync(log, '');
    truncateSync(log, bytes);
    const { descriptor, size } = await openLogFile(log, () => Promise.resolve(isInUse));
    closeSync(descriptor);
    return size;
  }

  it('is continued while it is short', async () => {
    assert.equal(await openedSize(LONG - 1), LONG - 1);
    assert.ok(!existsSync(`${log}.1`));
  });

  it('begins anew when it is long, and what was there is kept once', async () => {
    writeFileSync(`${log}.1`, 'older');
    assert.equal(await openedSize(LONG), 0);
    assert.equal(statSync(`${log}.1`).size, LONG);
  });

  it('stays where a control plane writes to it', async () => {
    assert.equal(await openedSize(LONG, true), LONG);
    assert.ok(!existsSync(`${log}.1`));
  });

  it('is for its owner only', async () => {
    rmSync(log);
    closeSync((await openLogFile(log, () => Promise.resolve(false))).descriptor);
    assert.equal(statSync(log).mode & 0o777, 0o600);
  });
});
