import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../test/fakes/server.ts';
import type { StartedServer } from '../../test/fakes/server.ts';

const entry = join(import.meta.dirname, '../../test/fakes/cli-entry.ts');

interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly error: string;
}

/** The command line as its own process, with pipes for its output. */
function sheer(...line: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...line], (error, out, errorOutput) => {
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, out, error: errorOutput });
    });
  });
}

describe('sheer as a process', () => {
  let server: StartedServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  const exits: readonly (readonly [exit: number, line: readonly string[]])[] = [
    [0, ['services']],
    [2, ['servces']],
    [3, ['who', 'nobody']],
    [4, ['--server', 'http://127.0.0.1:1', 'status']],
    [5, ['--state', '/nowhere', 'status']],
  ];
  for (const [exit, line] of exits) {
    it(`ends with ${exit} after sheer ${line.join(' ')}`, async () => {
      const elsewhere = line.some((word) => ['--server', '--state'].includes(word));
      const ended = await sheer(...line, ...(elsewhere ? [] : ['--state', server.directory]));
      assert.equal(ended.exit, exit, ended.error);
      assert.equal(ended.out === '', exit !== 0);
    });
  }

  it('does what it can where its complaints can not be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [entry, 'servces'], { stdio: ['ignore', 'ignore', full] });
    closeSync(full);
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 2);
  });

  it('is quiet when the reader of its output has had enough', async () => {
    const child = spawn(process.execPath, [entry, '--state', server.directory, 'audit', 'export']);
    child.stdout.destroy();
    let error = '';
    child.stderr.on('data', (part: Buffer) => (error += part.toString()));
    const exit = await new Promise((resolve) => child.once('close', resolve));
    assert.deepEqual([exit, error], [0, '']);
  });
});
