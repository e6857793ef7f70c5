import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';

/**
 * The sensor looks at the network namespace that it runs in, and what is tracked there depends on the
 * machine's rules. So its tests run in a namespace of their own, with rules of their own.
 */
it('conntrack sensor, in a network namespace of its own', () => {
  const file = join(import.meta.dirname, 'conntrack-sensor.in-namespace.ts');
  const args = ['-n', process.execPath, '--test-reporter=spec', file];
  const environment = { ...process.env, NODE_TEST_CONTEXT: '' };
  const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', env: environment });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, /pass [1-9]/);
});
