import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { statePaths } from '#cli';
import { openSqliteStore } from '#store';
import { startControlPlane } from './control-plane.ts';

describe('a control plane whose start fails after its API listens', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'sheerline-plane-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('closes its API and its store', async () => {
    const paths = statePaths(path.join(directory, 'state'), {}, directory);
    let failures = 0;
    // Who looks at the clock once the API listens is the loop, which starts: calls can wait, tidying up can't.
    const clock = (): number => {
      if (failures === 2 || !existsSync(paths.socket)) return Date.now();
      failures++;
      throw new Error('the clock stands still');
    };
    const started = startControlPlane({
      paths,
      port: 0,
      engines: ['processes'],
      environment: {},
      clock,
      logger: { info: () => undefined, error: () => undefined },
      shutdown: () => undefined,
    });
    await assert.rejects(started, /the clock stands still/);
    assert.ok(!existsSync(paths.socket), 'the API is closed');
    openSqliteStore({ directory: paths.state, clock: Date.now, node: 'n' }).close();
  });
});
