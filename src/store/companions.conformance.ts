import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { DAY_MS, MINUTE_MS, NOON, sampleFacts, sampleFlow } from './sample-facts.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import type { FlowRow, Store } from './store.ts';

/** What lies beside the streams: snapshots, measurements, content. */
export function companionsConformance(subject: StoreUnderTest): void {
  describe('snapshots', () => {
    const positions = { audit: 2, observations: 1 };
    beforeEach(() => {
      subject.store.append('audit', sampleFacts(1, 2), 0);
      subject.store.append('observations', sampleFacts(1, 1), 0);
    });

    it('come back as they were, ready to be viewed as typed arrays', () => {
      const numbers = Float64Array.of(1.5, -2.5, Number.POSITIVE_INFINITY);
      const parts = [Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(numbers.buffer)];
      subject.store.snapshots.write('graph', { version: 3, positions, parts });
      subject.reopen();
      const read = subject.store.snapshots.read('graph', 3);
      assert.deepEqual(
        read?.parts.map((part) => [...part]),
        parts.map((part) => [...part]),
      );
      assert.deepEqual([read?.version, read?.positions], [3, positions]);
      const third = read?.parts[2];
      assert.ok(third);
      assert.deepEqual(new Float64Array(third.buffer, third.byteOffset, 3), numbers);
    });

    it('are replaced whole, by name', () => {
      subject.store.snapshots.write('graph', { version: 1, positions, parts: [Uint8Array.of(1)] });
      subject.store.snapshots.write('other', { version: 1, positions, parts: [Uint8Array.of(2)] });
      subject.store.snapshots.write('graph', { version: 1, positions, parts: [Uint8Array.of(3)] });
      assert.deepEqual([...(subject.store.snapshots.read('graph')?.parts[0] ?? [])], [3]);
      assert.deepEqual([...(subject.store.snapshots.read('other')?.parts[0] ?? [])], [2]);
      assert.equal(subject.store.snapshots.read('none'), null);
    });

    it('written in the background are whole, and give way to what came meanwhile', async () => {
      const { snapshots } = subject.store;
      const large = { version: 1, positions, parts: [new Uint8Array(9_000_000).fill(7), Uint8Array.of(1)] };
      await snapshots.writeInBackground('graph', large);
      subject.reopen();
      assert.deepEqual(subject.store.snapshots.read('graph'), large);
      const overtaken = subject.store.snapshots.writeInBackground('graph', large);
      subject.store.snapshots.write('graph', { version: 1, positions, parts: [Uint8Array.of(3)] });
      await overtaken;
      assert.deepEqual([...(subject.store.snapshots.read('graph')?.parts[0] ?? [])], [3]);
    });

    it('written in the background do not keep what is erased meanwhile', async () => {
      const written = subject.store.snapshots.writeInBackground('graph', {
        version: 1,
        positions,
        parts: [],
      });
      subject.store.erase('audit', 1);
      await written;
      assert.equal(subject.store.snapshots.read('graph'), null);
    });

    it('of another version, or from heads that the streams do not have, are as good as none', () => {
      subject.store.snapshots.write('graph', { version: 1, positions, parts: [] });
      subject.store.snapshots.write('ahead', {
        version: 1,
        positions: { audit: 3, observations: 1 },
        parts: [],
      });
      assert.equal(subject.store.snapshots.read('graph', 2), null);
      assert.equal(subject.store.snapshots.read('ahead'), null);
      assert.notEqual(subject.store.snapshots.read('graph', 1), null);
    });

    it('from a time that was dropped are as good as none', () => {
      subject.store.append('observations', sampleFacts(2, 1), 1);
      subject.store.snapshots.write('before', { version: 1, positions, parts: [] });
      subject.store.snapshots.write('at', {
        version: 1,
        positions: { audit: 2, observations: 2 },
        parts: [],
      });
      subject.store.seal(NOON + DAY_MS);
      subject.store.dropSegments(NOON + DAY_MS);
      assert.equal(subject.store.snapshots.read('before'), null);
      assert.notEqual(subject.store.snapshots.read('at'), null);
    });

    it('have names that are no paths', () => {
      for (const name of ['', '../x', 'a/b', '.x', 'A']) {
        assert.throws(() => subject.store.snapshots.read(name), { code: 'invalid-input' });
      }
    });
  });

  describe('measurements', () => {
    it('add up per minute and key; nulls only where nothing was measured', () => {
      const { measurements } = subject.store;
      measurements.addFlows([sampleFlow(), sampleFlow({ serverPort: 80, bytes: 7 })]);
      measurements.addFlows([
        sampleFlow({ connections: 2, firstAt: NOON + 50, lastAt: NOON + 150, unknown: 'client:gone' }),
        sampleFlow({ serverPort: 80, bytes: null }),
        sampleFlow({ serverPort: 80, bytes: 5 }),
      ]);
      subject.reopen();
      assert.deepEqual(flows(subject.store), [
        sampleFlow({ serverPort: 80, connections: 3, bytes: 12 }),
        sampleFlow({ connections: 3, firstAt: NOON + 50, unknown: 'client:gone' }),
      ]);
    });

    it('come oldest first, in batches, from half-open ranges of minutes', () => {
      const rows = Array.from({ length: 2500 }, (_, index) =>
        sampleFlow({ minute: NOON + (index % 5) * MINUTE_MS, clientIp: `10.2.0.${index}` }),
      );
      subject.store.measurements.addFlows(rows);
      const read = flows(subject.store, NOON + MINUTE_MS, NOON + 4 * MINUTE_MS);
      assert.equal(read.length, 1500);
      assert.deepEqual(
        [...new Set(read.map((row) => row.minute))],
        [1, 2, 3].map((minute) => NOON + minute * MINUTE_MS),
      );
      assert.equal(new Set(read.map((row) => row.clientIp)).size, 1500);
    });

    it('are dropped by minute', () => {
      subject.store.measurements.addFlows([sampleFlow(), sampleFlow({ minute: NOON + MINUTE_MS })]);
      assert.equal(subject.store.measurements.dropFlows(NOON + MINUTE_MS), 1);
      assert.deepEqual(flows(subject.store), [sampleFlow({ minute: NOON + MINUTE_MS })]);
    });

    it('keep how far an import got until its rows are dropped', () => {
      const { measurements } = subject.store;
      measurements.addFlows([sampleFlow()], { id: 'import:x', offset: 4096, state: '{}' });
      measurements.dropFlows(NOON + MINUTE_MS);
      assert.equal(measurements.importProgress('import:x')?.offset, 4096, 'it may go on');
      measurements.dropFlows(NOON + 11 * DAY_MS);
      assert.equal(measurements.importProgress('import:x'), null);
    });

    it('keep how far an import got, with its rows', () => {
      const { measurements } = subject.store;
      assert.equal(measurements.importProgress('import:x'), null);
      measurements.addFlows([sampleFlow()], { id: 'import:x', offset: 4096, state: '{}' });
      measurements.addFlows([], { id: 'import:x', offset: 8192, state: '{"lines":9}' });
      subject.reopen();
      assert.deepEqual(subject.store.measurements.importProgress('import:x'), {
        id: 'import:x',
        offset: 8192,
        state: '{"lines":9}',
      });
    });
  });

  describe('content', () => {
    it('comes back by its digest', () => {
      const digest = subject.store.content.put(Buffer.from('abc'));
      assert.equal(digest, 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
      assert.equal(subject.store.content.put(Buffer.from('abc')), digest);
      subject.reopen();
      assert.deepEqual(Buffer.from(subject.store.content.get(digest) ?? []).toString(), 'abc');
    });

    it('is null where there is none, and a digest is no path', () => {
      assert.equal(subject.store.content.get(`sha256:${'0'.repeat(64)}`), null);
      for (const digest of ['', 'sha256:../../etc/passwd', `sha256:${'A'.repeat(64)}`]) {
        assert.throws(() => subject.store.content.get(digest), { code: 'invalid-input' });
      }
    });
  });
}

function flows(store: Store, from = 0, until = Number.MAX_SAFE_INTEGER): readonly FlowRow[] {
  return [...store.measurements.flows(from, until)].flat();
}
