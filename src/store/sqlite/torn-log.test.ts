import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DAY_MS, NOON, sampleFacts } from '../sample-facts.ts';
import { openSqliteStore } from './open.ts';

const BATCHES = 6;
const BATCH_FACTS = 3;
const OFFSETS = 60;

const open = (directory: string) => openSqliteStore({ directory, clock: () => NOON, node: 'node-1' });

describe('a log that was torn', () => {
  const root = mkdtempSync(join(tmpdir(), 'sheer-torn-'));
  const original = join(root, 'original');
  /** Length of the log after each acknowledged batch. */
  const lengths: number[] = [];

  before(() => {
    const store = open(original);
    for (let batch = 0; batch < BATCHES; batch++) {
      const facts = sampleFacts(batch * BATCH_FACTS, BATCH_FACTS, NOON + batch * DAY_MS);
      store.append('observations', facts, batch * BATCH_FACTS);
      // The log is copied as a crash would leave it: closing would empty it.
      cpSync(original, join(root, 'crashed'), { recursive: true });
      lengths.push(readFileSync(join(root, 'crashed', 'state.sqlite-wal')).length);
    }
    store.close();
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  /** How many batches are there after something happened to the log. */
  function batchesAfter(damage: (log: string) => void): number {
    const copy = join(root, 'copy');
    rmSync(copy, { recursive: true, force: true });
    cpSync(join(root, 'crashed'), copy, { recursive: true });
    damage(join(copy, 'state.sqlite-wal'));
    const store = open(copy);
    try {
      const { position } = store.head('observations');
      const facts = [...store.replay('observations', 0)].flat();
      assert.equal(position % BATCH_FACTS, 0, 'whole batches');
      assert.deepEqual(
        facts.map((fact) => fact.source.sequence),
        [...facts.keys()],
      );
      assert.equal(facts.length, position);
      assert.equal(store.segments().length, position / BATCH_FACTS);
      store.append('observations', sampleFacts(position, 1, NOON + DAY_MS * BATCHES), position);
      assert.equal(store.verify('observations').ok, true);
      return position / BATCH_FACTS;
    } finally {
      store.close();
    }
  }

  const first = (): number => lengths[0] ?? 0;
  const whole = (): number => lengths.at(-1) ?? 0;
  const offsets = (): readonly number[] =>
    Array.from(
      { length: OFFSETS },
      (_, index) => first() + Math.floor(((whole() - first()) * index) / OFFSETS),
    );
  const complete = (length: number): number => lengths.filter((end) => end <= length).length;

  it('is whole when nothing happened', () => {
    assert.equal(
      batchesAfter(() => {}),
      BATCHES,
    );
  });

  it('has exactly the batches that were complete where it was cut', () => {
    for (const offset of [...offsets(), ...lengths, ...lengths.map((length) => length - 1)]) {
      assert.equal(
        batchesAfter((log) => truncateSync(log, offset)),
        complete(offset),
        `cut at ${offset}`,
      );
    }
  });

  it('has exactly the batches before the page that was written in part', () => {
    for (const offset of offsets()) {
      const batches = batchesAfter((log) => {
        const bytes = readFileSync(log);
        bytes.fill(0xa5, offset, offset + 512);
        writeFileSync(log, bytes);
      });
      assert.equal(batches, complete(offset), `garbage at ${offset}`);
    }
  });

  it('is ignored behind its end', () => {
    const batches = batchesAfter((log) => {
      writeFileSync(log, Buffer.concat([readFileSync(log), Buffer.alloc(10_000, 0xa5)]));
    });
    assert.equal(batches, BATCHES);
  });
});
