import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '#model';
import { DAY_MS, NOON, sampleEnd, sampleFact, sampleFacts } from './sample-facts.ts';
import { factsOf, type StoreUnderTest } from './store-under-test.ts';

/** Days of observations: where they begin, sealing, dropping. */
export function segmentsConformance(subject: StoreUnderTest): void {
  describe('segments', () => {
    const fill = (): void => {
      for (let day = 0; day < 3; day++) {
        const at = NOON + day * DAY_MS;
        subject.store.append('observations', sampleFacts(day * 10 + 1, 10, at), day * 10);
      }
    };

    it('are the days of the observations', () => {
      fill();
      const hash = [...subject.store.records('observations', 0)].flat()[9]?.hash;
      assert.deepEqual(
        subject.store.segments().map((segment) => [segment.day, segment.firstPosition, segment.lastPosition]),
        [
          ['2026-11-22', 1, 10],
          ['2026-11-23', 11, 20],
          ['2026-11-24', 21, 30],
        ],
      );
      assert.equal(subject.store.segments()[0]?.hash, hash);
      assert.equal(subject.store.segments()[2]?.hash, subject.store.head('observations').hash);
      assert.deepEqual(
        subject.store.segments().map((segment) => segment.sealed),
        [false, false, false],
      );
    });

    it('split a batch that crosses midnight', () => {
      const midnight = NOON + DAY_MS / 2;
      subject.store.append('observations', [sampleFact(1, midnight - 0.25), sampleFact(2, midnight)], 0);
      assert.deepEqual(
        subject.store.segments().map((segment) => segment.lastPosition),
        [1, 2],
      );
    });

    it('are sealed into the audit once', () => {
      fill();
      const sealed = subject.store.seal(NOON + 2 * DAY_MS);
      assert.deepEqual(sealed, subject.store.segments().slice(0, 2));
      assert.deepEqual(
        sealed.map((segment) => segment.sealed),
        [true, true],
      );
      assert.deepEqual(subject.store.seal(NOON + 2 * DAY_MS), []);
      const [first] = factsOf(subject.store, 'audit');
      assert.deepEqual(first?.subject, { kind: 'segment', id: 'observations/2026-11-22' });
      assert.deepEqual(first?.kind === 'assert' ? first.data : null, {
        day: '2026-11-22',
        firstPosition: 1,
        lastPosition: 10,
        hash: sealed[0]?.hash,
        records: 10,
        state: 'sealed',
        checkpoint: null,
      });
      subject.reopen();
      assert.deepEqual(subject.store.segments().slice(0, 2), sealed);
      assert.deepEqual(subject.store.seal(NOON + 2 * DAY_MS), []);
    });

    it('stay contiguous when the clock steps back', () => {
      subject.store.append('observations', sampleFacts(1, 1, NOON + DAY_MS), 0);
      subject.store.append('observations', sampleFacts(2, 1, NOON), 1);
      assert.deepEqual(
        subject.store.segments().map((segment) => [segment.day, segment.lastPosition]),
        [['2026-11-23', 2]],
      );
    });

    it('go on with the day after, when the clock steps back behind a seal', () => {
      subject.store.append('observations', sampleFacts(1, 1, NOON), 0);
      subject.store.seal(NOON + DAY_MS);
      subject.store.append('observations', sampleFacts(2, 1, NOON), 1);
      subject.reopen();
      subject.store.append('observations', sampleFacts(3, 1, NOON), 2);
      assert.deepEqual(
        subject.store.segments().map((segment) => [segment.day, segment.lastPosition, segment.sealed]),
        [
          ['2026-11-22', 1, true],
          ['2026-11-23', 3, false],
        ],
      );
      assert.equal(subject.store.verify('observations').ok, true);
    });

    it('are dropped only when sealed and old enough', () => {
      fill();
      assert.deepEqual(subject.store.dropSegments(NOON + 5 * DAY_MS), []);
      subject.store.seal(NOON + 2 * DAY_MS);
      assert.deepEqual(
        subject.store.dropSegments(NOON + DAY_MS).map((segment) => segment.day),
        ['2026-11-22'],
      );
      assert.deepEqual(
        subject.store.segments().map((segment) => segment.day),
        ['2026-11-23', '2026-11-24'],
      );
      assert.deepEqual(subject.store.dropSegments(NOON + DAY_MS), []);
    });

    it('leave what still holds behind when dropped, and nothing else', () => {
      const facts = [
        sampleFact(1),
        sampleFact(2),
        sampleFact(3),
        sampleEnd(4, 'team-1', NOON + 1),
        { ...sampleFact(5, NOON + 2), subject: { kind: 'team', id: 'team-2' } } as const,
        { ...sampleFact(6, NOON + 3), validUntil: NOON + 4 },
        { ...sampleFact(7, NOON + 3), validUntil: NOON + 3 * DAY_MS },
      ];
      subject.store.append('observations', facts, 0);
      subject.store.append('observations', sampleFacts(20, 2, NOON + DAY_MS), 7);
      subject.store.seal(NOON + DAY_MS);
      subject.store.dropSegments(NOON + DAY_MS);
      for (let round = 0; round < 2; round++) {
        assert.deepEqual(
          factsOf(subject.store, 'observations').map((fact) => fact.position),
          [3, 5, 7, 8, 9],
        );
        assert.deepEqual(
          [...subject.store.replay('observations', 5)].flat().map((fact) => fact.position),
          [7, 8, 9],
        );
        const verified = subject.store.verify('observations');
        assert.deepEqual(verified, {
          ok: true,
          head: subject.store.head('observations'),
          records: 5,
          erased: 0,
        });
        subject.reopen();
      }
    });

    it('keep what held before a retracted statement', () => {
      const retracted: Fact['subject'] = { kind: 'team', id: 'team-1' };
      const facts = [
        sampleFact(1),
        { ...sampleFact(2, NOON + 1), subject: { kind: 'team', id: 'team-1' } } as const,
      ];
      subject.store.append('observations', facts, 0);
      const retract = {
        recordedAt: NOON + DAY_MS,
        evidence: 'observed',
        source: { id: 'sample', node: 'node-1', sequence: 3 },
        kind: 'retract',
        subject: retracted,
        validFrom: NOON + DAY_MS,
        retracted: 2,
      } as const;
      subject.store.append('observations', [retract], 2);
      subject.store.seal(NOON + DAY_MS);
      subject.store.dropSegments(NOON + DAY_MS);
      assert.deepEqual(
        factsOf(subject.store, 'observations').map((fact) => fact.position),
        [1, 3],
      );
    });

    it('can all be dropped, one after the other; the stream goes on where it was', () => {
      fill();
      subject.store.seal(NOON + 9 * DAY_MS);
      for (let day = 1; day <= 3; day++) subject.store.dropSegments(NOON + day * DAY_MS);
      subject.reopen();
      assert.deepEqual(subject.store.segments(), []);
      assert.equal(subject.store.head('observations').position, 30);
      assert.equal(factsOf(subject.store, 'observations').length, 30);
      subject.store.append('observations', sampleFacts(31, 1, NOON + 3 * DAY_MS), 30);
      assert.equal(subject.store.verify('observations', subject.store.head('observations')).ok, true);
      assert.equal(subject.store.verify('audit').ok, true);
    });

    it('make heads from before the drop incomparable, which is said', () => {
      fill();
      const early = {
        position: 5,
        hash: [...subject.store.records('observations', 4)].flat()[0]?.hash ?? '',
      };
      subject.store.seal(NOON + DAY_MS);
      assert.equal(subject.store.verify('observations', early).ok, true);
      subject.store.dropSegments(NOON + DAY_MS);
      const verified = subject.store.verify('observations', early);
      assert.equal(!verified.ok && verified.position, 5);
    });
  });
}
