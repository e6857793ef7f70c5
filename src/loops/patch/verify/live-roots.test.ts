import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PackageList } from '#model';
import type { LiveProcess } from '#sensors';
import { LiveRoots } from './live-roots.ts';

const EMPTY: PackageList = { format: 1, image: null, distribution: null, packages: [], unread: [] };

describe('live root file systems', () => {
  it('are of the process that is meant; those that share one are looked at once', async () => {
    const asked: LiveProcess[] = [];
    const roots = new LiveRoots({
      clock: () => 10,
      readers: {
        liveRootOf: (pid) => (pid === 3 ? null : 'shared'),
        scanLiveRoot(process) {
          asked.push(process);
          return Promise.resolve(EMPTY);
        },
      },
    });
    const { signal } = new AbortController();
    for (const pid of [1, 2, 3, 3]) {
      await roots.look({ pid, startTicks: pid * 100 }, { paths: [], walk: false }, { since: 5, signal });
    }
    assert.deepEqual(
      asked.map(({ pid, startTicks }) => [pid, startTicks]),
      [
        [1, 100],
        [3, 300],
        [3, 300],
      ],
    );
  });
});
