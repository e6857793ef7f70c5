import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ContainersError } from './containers-error.ts';
import { exportImage } from './image-export.ts';

describe('an engine that sends an image', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-export-'));
  const socket = join(directory, 'engine.sock');
  let answer = (response: ServerResponse): void => void response.write('the first bytes');
  const server = createServer((_, response) => answer(response));
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

  const failures: readonly (readonly [what: string, body: string, told: RegExp])[] = [
    [
      'as podman does, while a pull writes the last of it',
      JSON.stringify({ message: 'determining MIME type: locating item named "manifest"\n', response: 500 }),
      /can't send the image \(determining MIME type: locating item named "manifest" \)/,
    ],
    ['without a reason', '<html>', /can't send the image \(500\)/],
    ['at length', 'x'.repeat(100_000), /can't send the image \(500\)/],
  ];
  for (const [what, body, told] of failures) {
    it(`and fails at it ${what}, is asked again, and says why`, async () => {
      answer = (response) => void response.writeHead(500).end(body);
      const failed = exportImage(socket, '0'.repeat(64), new AbortController().signal);
      await assert.rejects(failed, { message: told, remedy: 'retry', code: 'engine-answer' });
    });
  }
});
