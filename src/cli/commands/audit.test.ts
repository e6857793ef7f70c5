import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../../test/fakes/run-program.ts';
import { startServer } from '../../../test/fakes/server.ts';
import type { StartedServer } from '../../../test/fakes/server.ts';
import { fakeTerminal } from '../../../test/fakes/terminal.ts';

describe('the audit', () => {
  let server: StartedServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it('shows its newest records', async () => {
    const { out } = await run(['--state', server.directory, 'audit', 'tail', '-n', '2', '--json']);
    assert.deepEqual(
      (JSON.parse(out) as { position: number }[]).map(({ position }) => position),
      [6, 7],
    );
  });

  it('follows until it is told to stop, and ends with a result', async () => {
    const terminal = fakeTerminal({
      onWrite: (text) => {
        if (text.includes('"position":7')) terminal.interrupt();
      },
    });
    const { exit, out } = await run(['--state', server.directory, 'audit', 'tail', '--follow', '--json'], {
      terminal,
    });
    const documents = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; position?: number });
    assert.equal(exit, 0);
    assert.deepEqual(documents.at(-1), { kind: 'result', records: 7 });
    assert.deepEqual(
      documents.slice(0, -1).map(({ position }) => position),
      [1, 2, 3, 4, 5, 6, 7],
    );
  });

  it('is exported as lines of JSON, to the terminal and to a file', async () => {
    const { out } = await run(['--state', server.directory, 'audit', 'export']);
    assert.equal(out.trimEnd().split('\n').length, 7);
    const file = join(server.directory, 'audit.ndjson');
    const ran = await run(['--state', server.directory, 'audit', 'export', '--out', file, '--json']);
    assert.deepEqual(JSON.parse(ran.out), { kind: 'result', records: 7 });
    const nowhere = await run(['--state', server.directory, 'audit', 'export', '--out', '/none/x']);
    assert.deepEqual([nowhere.exit, /\/none\/x can't be written/.test(nowhere.error)], [2, true]);
  });

  it('fails when the record is broken', async () => {
    const broken = await startServer({
      questions: {
        auditVerify: () => ({
          streams: [
            {
              stream: 'audit',
              ok: false,
              records: null,
              erased: null,
              head: null,
              position: 3,
              problem: 'edited',
              explanation: null,
            },
          ],
        }),
      },
    });
    const { exit, out } = await run(['--state', broken.directory, 'audit', 'verify']);
    await broken.stop();
    assert.deepEqual([exit, out], [1, '✘ audit   record 3 was edited\n']);
  });
});
