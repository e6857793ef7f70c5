import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ContainersError } from './containers-error.ts';
import { exportImage } from './image-export.ts';

describe('an engine that sends an image', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-export-'));
  const socket = join(directory, 'engine.sock');
  const server = createServer((_, response) => void response.write('the first bytes'));
  before(() => new Promise<void>((resolve) => server.listen(socket, resolve)));
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  });

  it('and falls silent in the middle of it is given up', async () => {
    const { signal } = new AbortController();
    const archive = await exportImage(socket, '0'.repeat(64), signal, 50);
    assert.ok(archive !== null);
    const isHanging = (error: unknown) =>
      error instanceof ContainersError && /has sent nothing/.test(error.message);
    await assert.rejects(archive.toArray(), isHanging);
  });
});
