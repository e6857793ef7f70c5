import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../test/fakes/run-program.ts';
import { startServer, TOKEN } from '../../test/fakes/server.ts';
import type { StartedServer } from '../../test/fakes/server.ts';

describe('a control plane elsewhere', () => {
  let server: StartedServer;
  let url = '';
  before(async () => {
    server = await startServer();
    url = `http://127.0.0.1:${server.port}`;
  });
  after(() => server.stop());

  it('is asked with the token of SHEER_TOKEN, or of a file', async () => {
    const environment = { SHEER_TOKEN: TOKEN };
    assert.equal((await run(['--server', url, 'status'], { environment })).exit, 0);
    const file = join(server.directory, 'token');
    writeFileSync(file, `${TOKEN}\n`);
    assert.equal((await run(['--server', url, '--token-file', file, 'status'])).exit, 0);
  });

  const refused: readonly (readonly [says: string, line: readonly string[], exit: number, error: RegExp])[] =
    [
      ['without a token', ['--server', 'http://127.0.0.1:1'], 4, /--server needs a token/],
      [
        'with a token in clear',
        ['--server', 'http://build.example:7420'],
        4,
        /would go to build\.example in clear/,
      ],
      ['at an address that is none', ['--server', 'build'], 2, /is not the address of a control plane/],
      ['that is also here', ['--server', 'http://127.0.0.1:1', '--state', '/x'], 2, /use one of them/],
    ];
  for (const [says, line, exit, error] of refused) {
    it(`is refused ${says}`, async () => {
      const ran = await run([...line, 'status']);
      assert.equal(ran.exit, exit);
      assert.match(ran.error, error);
    });
  }

  it('refuses a wrong token', async () => {
    const ran = await run(['--server', url, 'status'], { environment: { SHEER_TOKEN: 'wrong' } });
    assert.equal(ran.exit, 4);
    assert.match(ran.error, /that token is not the one/);
  });
});
