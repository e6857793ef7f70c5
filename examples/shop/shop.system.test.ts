import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startShop } from './shop.ts';

describe('the example shop with its stores', () => {
  it('counts carts in a real Redis and orders in a real PostgreSQL', async () => {
    const shop = await startShop({
      engine: 'processes',
      stores: ['redis', 'postgres'],
      keepAlive: false,
      requests: 20,
      requestsPerSecond: 50,
    });
    try {
      await shop.trafficDone();
      const stores = (await shop.truth()).filter(({ to }) => to === 'redis' || to === 'postgres');
      assert.deepEqual(
        stores.map(({ from, to, requests, connections, failed }) => [
          from,
          to,
          requests,
          connections,
          failed,
        ]),
        [
          ['cart', 'redis', 5, 5, 0],
          ['checkout', 'postgres', 5, 5, 0],
        ],
      );
    } finally {
      await shop.stop();
    }
  });

  it('ends with the program that started it, even when that is killed', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sheerline-shop-test-'));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    chmodSync(directory, 0o755);
    const program = `
      const { startShop } = await import('${import.meta.resolve('./shop.ts')}');
      const shop = await startShop({ engine: 'processes', stores: ['redis', 'postgres'] });
      console.log(JSON.stringify(shop.services.map(({ pid }) => pid)));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, TMPDIR: directory },
    });
    const pids = await new Promise<readonly number[]>((resolve) => {
      // `as`: printed by the program above.
      child.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as number[]));
    });
    assert.equal(pids.length, 8);
    child.kill('SIGKILL');
    for (let tries = 0; tries < 500 && pids.some(isAlive); tries++) await sleep(20);
    assert.deepEqual(pids.filter(isAlive), []);
  });
});

/** What nobody has reaped yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
