import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '#model';
import type { Segment, Store } from '#store';
import { changesOf } from './changes.ts';

function fact(position: number): Fact {
  return {
    kind: 'assert',
    position,
    recordedAt: 0,
    evidence: 'observed',
    source: { id: 'podman', node: 'node-1', sequence: position },
    subject: { kind: 'team', id: `team-${position}` },
    validFrom: 0,
    data: { name: 'x', contact: null },
  };
}

/** Two streams in memory, read in batches of two; the rest of a store is not asked for. */
function streams(
  lengths: { readonly audit: number; readonly observations: number },
  segments: readonly Segment[] = [],
): Store {
  const partial: Pick<Store, 'head' | 'read' | 'segments' | 'watch'> = {
    segments: () => segments,
    head: (stream) => ({ position: lengths[stream], hash: '' }),
    *read(stream, after) {
      for (let from = after; from < lengths[stream]; from += 2) {
        yield [fact(from + 1), ...(from + 2 <= lengths[stream] ? [fact(from + 2)] : [])];
      }
    },
    watch: () => () => undefined,
  };
  return partial as Store;
}

describe('the changes of a store', () => {
  const changes = changesOf(streams({ audit: 3, observations: 5 }));
  const read = (audit: number, observations: number, limit: number) =>
    changes.since({ audit, observations }, limit).map(({ stream, position }) => `${stream} ${position}`);

  it('are those of both streams, each in order', () => {
    assert.deepEqual(changes.heads(), { audit: 3, observations: 5 });
    assert.deepEqual(read(1, 3, 100), ['audit 2', 'audit 3', 'observations 4', 'observations 5']);
  });

  it('are never more than the limit, in whatever batches the store reads', () => {
    assert.deepEqual(read(0, 0, 4), ['audit 1', 'audit 2', 'audit 3', 'observations 1']);
    assert.deepEqual(read(0, 0, 3), ['audit 1', 'audit 2', 'audit 3']);
    assert.deepEqual(read(3, 0, 3), ['observations 1', 'observations 2', 'observations 3']);
    assert.deepEqual(read(3, 5, 3), []);
  });

  it('begin where the oldest day does that is still there', () => {
    const day = { day: '2026-11-22', firstPosition: 4, lastPosition: 5, hash: '', sealed: false };
    const begin = (segments: readonly Segment[]) =>
      changesOf(streams({ audit: 3, observations: 5 }, segments)).begins();
    assert.deepEqual(begin([day]), { audit: 0, observations: 3 });
    assert.deepEqual(begin([{ ...day, firstPosition: 1 }]), { audit: 0, observations: 0 });
    assert.deepEqual(begin([]), { audit: 0, observations: 5 });
  });
});
