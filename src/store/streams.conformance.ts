import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '#model';
import { CHAIN_START, chainHash, payloadHash } from './chain.ts';
import { DAY_MS, NOON, sampleFact, sampleFacts } from './sample-facts.ts';
import { factsOf, type StoreUnderTest } from './store-under-test.ts';
import type { Store } from './store.ts';

/** Appending, reading, watching, erasing, verifying. */
export function streamsConformance(subject: StoreUnderTest): void {
  describe('streams', () => {
    it('begin empty', () => {
      assert.deepEqual(subject.store.head('audit'), { position: 0, hash: CHAIN_START });
      assert.deepEqual(factsOf(subject.store, 'audit'), []);
      assert.deepEqual(subject.store.verify('audit'), {
        ok: true,
        head: subject.store.head('audit'),
        records: 0,
        erased: 0,
      });
    });

    it('give back what was appended, with dense positions from 1, each on its own', () => {
      subject.store.append('audit', sampleFacts(1, 3), 0);
      subject.store.append('observations', sampleFacts(10, 2), 0);
      subject.store.append('audit', sampleFacts(4, 1), 3);
      assert.deepEqual(factsOf(subject.store, 'audit'), positioned(sampleFacts(1, 4)));
      assert.deepEqual(factsOf(subject.store, 'observations'), positioned(sampleFacts(10, 2)));
    });

    it('keep heads and facts when opened again', () => {
      const head = subject.store.append('audit', sampleFacts(1, 5), 0);
      subject.reopen();
      assert.deepEqual(subject.store.head('audit'), head);
      assert.deepEqual(factsOf(subject.store, 'audit'), positioned(sampleFacts(1, 5)));
      assert.equal(subject.store.append('audit', sampleFacts(6, 1), 5).position, 6);
    });

    it('are chained exactly as documented', () => {
      const facts = sampleFacts(1, 3);
      const head = subject.store.append('audit', facts, 0);
      const expected = facts.reduce(
        (hash, fact, index) => chainHash(hash, index + 1, payloadHash(JSON.stringify(fact))),
        CHAIN_START,
      );
      assert.equal(head.hash, expected);
    });

    it('read from a position on, up to a limit, over many batches', () => {
      subject.store.append('observations', sampleFacts(1, 3500), 0);
      const positions = (after: number, limit?: number): readonly number[] =>
        [...subject.store.read('observations', after, limit)].flat().map((fact) => fact.position);
      assert.deepEqual(positions(3498), [3499, 3500]);
      assert.deepEqual(positions(5, 2), [6, 7]);
      assert.equal(positions(0).length, 3500);
      assert.equal(positions(0, 2500).at(-1), 2500);
      assert.deepEqual(positions(3500), []);
    });

    it('refuse an append that expects another head, and record nothing', () => {
      subject.store.append('audit', sampleFacts(1, 2), 0);
      for (const expected of [0, 1, 3]) {
        assert.throws(() => subject.store.append('audit', sampleFacts(9, 1), expected), {
          code: 'record-broken',
        });
      }
      assert.equal(subject.store.head('audit').position, 2);
      assert.equal(factsOf(subject.store, 'audit').length, 2);
    });

    it('refuse a batch with one bad fact whole', () => {
      const batch = [sampleFact(1), sampleFact(2, Number.POSITIVE_INFINITY)];
      assert.throws(() => subject.store.append('observations', batch, 0), { code: 'invalid-input' });
      assert.deepEqual(factsOf(subject.store, 'observations'), []);
      assert.deepEqual(subject.store.segments(), []);
      assert.equal(subject.store.append('observations', sampleFacts(1, 1), 0).position, 1);
    });

    it('replay what verifies, from anywhere', () => {
      subject.store.append('audit', sampleFacts(1, 1200), 0);
      assert.deepEqual([...subject.store.replay('audit', 0)].flat(), positioned(sampleFacts(1, 1200)));
      const stored = [...subject.store.replayStored('audit', 0)].flat();
      assert.deepEqual(
        stored.map((fact) => ('dataText' in fact ? JSON.parse(fact.dataText) : null)),
        sampleFacts(1, 1200).map((fact) => (fact.kind === 'assert' ? fact.data : null)),
      );
      assert.deepEqual(
        [...subject.store.replay('audit', 1198)].flat().map((fact) => fact.position),
        [1199, 1200],
      );
    });

    it('tell watchers of each append, in order, also of appends by a watcher', () => {
      const seen: string[] = [];
      subject.store.watch((stream, facts) => {
        if (stream === 'observations') subject.store.append('audit', facts.map(withoutPosition), 0);
      });
      const stop = subject.store.watch((stream, facts) => {
        seen.push(`${stream} ${facts.map((fact) => fact.position).join(' ')}`);
      });
      subject.store.append('observations', sampleFacts(1, 2), 0);
      stop();
      subject.store.append('audit', sampleFacts(3, 1), 2);
      assert.deepEqual(seen, ['observations 1 2', 'audit 1 2']);
    });
  });

  describe('erasing', () => {
    it('leaves a record out of what is read, and the chain verifies', () => {
      subject.store.append('audit', sampleFacts(1, 3), 0);
      subject.store.erase('audit', 2);
      subject.reopen();
      assert.deepEqual(
        factsOf(subject.store, 'audit').map((fact) => fact.position),
        [1, 3],
      );
      assert.deepEqual(subject.store.verify('audit'), {
        ok: true,
        head: subject.store.head('audit'),
        records: 3,
        erased: 1,
      });
      const [, erased] = [...subject.store.records('audit', 0)].flat();
      assert.equal(erased?.payload, null);
      assert.equal(erased?.payloadHash, payloadHash(JSON.stringify(sampleFact(2))));
    });

    it('can be repeated, and says when there is nothing', () => {
      subject.store.append('audit', sampleFacts(1, 1), 0);
      subject.store.erase('audit', 1);
      subject.store.erase('audit', 1);
      assert.throws(() => subject.store.erase('audit', 2), { code: 'not-found' });
    });

    it('never takes a seal away', () => {
      subject.store.append('observations', sampleFacts(1, 1), 0);
      subject.store.seal(NOON + DAY_MS);
      assert.throws(() => subject.store.erase('audit', 1), { code: 'invalid-input' });
    });

    it('removes the snapshots, which may hold what was erased', () => {
      subject.store.append('audit', sampleFacts(1, 1), 0);
      subject.store.snapshots.write('graph', {
        version: 1,
        positions: { audit: 1, observations: 0 },
        parts: [],
      });
      subject.store.erase('audit', 1);
      assert.equal(subject.store.snapshots.read('graph'), null);
    });
  });

  describe('verification against a noted head', () => {
    it('agrees with any head that there was', () => {
      const first = subject.store.append('audit', sampleFacts(1, 4), 0);
      const second = subject.store.append('audit', sampleFacts(5, 4), 4);
      for (const head of [first, second, { position: 0, hash: CHAIN_START }]) {
        assert.equal(subject.store.verify('audit', head).ok, true);
      }
    });

    it('finds a tail that is no longer there', () => {
      const head = subject.store.append('audit', sampleFacts(1, 4), 0);
      const verified = subject.store.verify('audit', { position: 6, hash: head.hash });
      assert.deepEqual(verified.ok ? null : [verified.position, verified.problem], [5, 'truncated']);
    });

    it('finds a chain that was written anew', () => {
      subject.store.append('audit', sampleFacts(1, 4), 0);
      const verified = subject.store.verify('audit', { position: 3, hash: payloadHash('another') });
      assert.deepEqual(verified.ok ? null : [verified.position, verified.problem], [3, 'edited']);
    });
  });
}

function positioned(facts: readonly object[]): readonly object[] {
  return facts.map((fact, index) => ({ ...fact, position: index + 1 }));
}

function withoutPosition(fact: Fact): Parameters<Store['append']>[1][number] {
  const { position: _, ...rest } = fact;
  return rest;
}
