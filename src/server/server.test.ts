import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { send, startServer } from '../../test/fakes/server.ts';
import type { StartedServer } from '../../test/fakes/server.ts';
import { ServerError } from './errors.ts';

describe('the server', () => {
  let started: StartedServer;
  afterEach(() => started.stop());

  function isRefused(code: string) {
    return (error: unknown) => error instanceof ServerError && error.code === code && error.next !== null;
  }

  it('refuses a socket on which another one answers, and leaves it alone', async () => {
    started = await startServer();
    const { server, socketPath } = started;
    await assert.rejects(second(socketPath), isRefused('state-in-use'));
    assert.equal((await send({ socketPath, path: '/healthz' })).status, 200);
    await server.close();
    assert.equal(existsSync(socketPath), false);
  });

  it('replaces the socket of one that was killed', async () => {
    started = await startServer();
    const socketPath = join(started.directory, 'killed.sock');
    // Exits without closing, so the socket's file stays.
    const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script, socketPath]);
    assert.equal(existsSync(socketPath), true);
    const other = await startServer();
    await other.server.listen({ socketPath, port: null });
    assert.equal((await send({ socketPath, path: '/healthz' })).status, 200);
    await other.stop();
  });

  it('does not remove a file that is no socket', async () => {
    started = await startServer();
    const path = join(started.directory, 'notes.txt');
    writeFileSync(path, 'mine');
    await assert.rejects(second(path));
    assert.equal(existsSync(path), true);
  });

  it('refuses a port that is taken, and says how to choose another', async () => {
    started = await startServer();
    const taken = createTcpServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const socketPath = join(started.directory, 'second.sock');
    await assert.rejects(second(socketPath, port), isRefused('state-in-use'));
    assert.equal(existsSync(socketPath), false);
    await new Promise((resolve) => taken.close(resolve));
  });

  it('refuses a path that is too long for a socket', async () => {
    started = await startServer();
    await assert.rejects(second(join(started.directory, 'x'.repeat(108))), isRefused('state-unusable'));
  });

  it('stops when it is asked to, after the answer', async () => {
    let asked = 0;
    started = await startServer({ server: { shutdown: () => (asked += 1) } });
    const { socketPath } = started;
    const { json } = await send({ socketPath, path: '/api/v1/shutdown', method: 'POST' });
    assert.deepEqual(json, { stopping: true });
    assert.equal(asked, 1);
  });

  async function second(socketPath: string, port: number | null = null): Promise<void> {
    const other = await startServer();
    try {
      await other.server.listen({ socketPath, port });
    } finally {
      await other.stop();
    }
  }
});
