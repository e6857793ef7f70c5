import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NameCache } from './name-cache.ts';

describe('the names that the helper tells', () => {
  it('are kept as long as they are told again, however many others come and go', () => {
    const names = new NameCache();
    const id = 'a'.repeat(64);
    for (let other = 1; other <= 40_000; other += 1) {
      if (other % 1_000 === 1) {
        names.tellCgroup(0, 0, `libpod-${id}`);
        names.tellProcess(0, 7, 'nginx');
      }
      names.tellCgroup(other, 0, 'session.scope');
      names.tellProcess(other, 7, 'curl');
    }
    assert.deepEqual([names.container(0), names.command(0, 7)], [id, 'nginx']);
    assert.deepEqual([names.container(1), names.command(1, 7)], [undefined, '']);
  });
});
