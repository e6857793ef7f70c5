import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { CHAIN_START } from '../chain.ts';
import type { Snapshot } from '../store.ts';
import { SnapshotFiles } from './snapshots.ts';

const SNAPSHOT: Snapshot = {
  version: 4,
  positions: { audit: 0, observations: 0 },
  parts: [Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(100).fill(9)],
};

describe('a snapshot in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sheer-snapshots-'));
  const path = join(folder, 'graph.snapshot');
  const snapshots = new SnapshotFiles({
    folder,
    guarded: (work) => work(),
    hashAt: (_, position) => (position === 0 ? CHAIN_START : null),
  });
  let whole: Buffer;

  before(() => {
    snapshots.write('graph', SNAPSHOT);
    whole = readFileSync(path);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is null wherever it is torn', () => {
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      assert.equal(snapshots.read('graph'), null, `cut at ${length}`);
    }
  });

  it('is null or itself wherever a byte was changed: padding is all that may be', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (offset, change) => {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(offset) ^ change, offset);
        writeFileSync(path, bytes);
        const read = snapshots.read('graph');
        if (read !== null) assert.deepEqual(plain(read), plain(SNAPSHOT));
      }),
    );
  });

  it('is written over whatever a crash left behind', () => {
    writeFileSync(`${path}.tmp`, 'half of something');
    snapshots.write('graph', SNAPSHOT);
    assert.deepEqual(readFileSync(path), whole);
    assert.deepEqual(readdirSync(folder), ['graph.snapshot']);
  });

  it('is written in the background over whatever a crash left behind', async () => {
    writeFileSync(path, 'an earlier one');
    writeFileSync(`${path}.background.tmp`, 'half of something');
    await snapshots.writeInBackground('graph', SNAPSHOT);
    assert.deepEqual(readFileSync(path), whole);
    assert.deepEqual(readdirSync(folder), ['graph.snapshot']);
  });

  it('that can not be written in the background leaves the earlier one as it is', async () => {
    const blocked = `${path}.background.tmp`;
    mkdirSync(blocked);
    await assert.rejects(snapshots.writeInBackground('graph', { ...SNAPSHOT, version: 5 }), {
      code: 'EISDIR',
    });
    assert.deepEqual(readFileSync(path), whole);
    rmdirSync(blocked);
  });
});

function plain(snapshot: Snapshot): unknown {
  return { ...snapshot, parts: snapshot.parts.map((part) => [...part]) };
}
