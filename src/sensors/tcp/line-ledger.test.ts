import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineLedger } from './line-ledger.ts';

const SECOND = 1e9;
const MARGIN = 20e6;

/** Read 1 ms after it was made, unless it is said how much later. */
function mark(ledger: LineLedger, at: number, made: readonly number[], late = 1e6): void {
  for (const [cpu, count] of made.entries()) ledger.part(at, cpu, count);
  ledger.mark(at, made.length, at + late);
}

describe('ledger of lines', () => {
  it('passes a mark once the lines of every CPU before it have been read', () => {
    const ledger = new LineLedger();
    ledger.line(0, 1);
    mark(ledger, SECOND, [1, 2]);
    assert.equal(ledger.takeWatermark(), null);
    ledger.line(1, 1);
    assert.equal(ledger.takeWatermark(), null);
    ledger.line(1, 2);
    assert.equal(ledger.takeWatermark(), SECOND - MARGIN);
    assert.equal(ledger.takeWatermark(), null);
    assert.equal(ledger.takeLost(), 0);
  });

  it('counts a hole in the lines of one CPU', () => {
    const ledger = new LineLedger();
    ledger.line(0, 3);
    ledger.line(1, 1);
    ledger.line(0, 4);
    ledger.line(0, 9);
    assert.equal(ledger.takeLost(), 2 + 4);
    assert.equal(ledger.takeLost(), 0);
  });

  it('gives up the last lines of a CPU, and counts them, when marks have come promptly for a while', () => {
    const ledger = new LineLedger();
    ledger.line(0, 1);
    for (let second = 1; second <= 5; second += 1) {
      mark(ledger, second * SECOND, [4]);
      assert.deepEqual([ledger.takeWatermark(), ledger.takeLost()], [null, 0]);
    }
    mark(ledger, 6 * SECOND, [4]);
    assert.deepEqual([ledger.takeWatermark(), ledger.takeLost()], [6 * SECOND - MARGIN, 3]);
  });

  it('does not give them up while the helper is behind: they may stand in a buffer that it has not come to', () => {
    const ledger = new LineLedger();
    ledger.line(0, 1);
    for (let second = 1; second <= 20; second += 1) mark(ledger, second * SECOND, [1, 4], 3 * SECOND);
    assert.deepEqual([ledger.takeWatermark(), ledger.takeLost()], [null, 0]);
    for (let sequence = 1; sequence <= 4; sequence += 1) ledger.line(1, sequence);
    assert.deepEqual([ledger.takeWatermark(), ledger.takeLost()], [20 * SECOND - MARGIN, 0]);
  });

  it('does not count a line as lost and as read', () => {
    const ledger = new LineLedger();
    for (let second = 1; second <= 6; second += 1) mark(ledger, second * SECOND, [2]);
    ledger.takeWatermark();
    ledger.line(0, 1);
    ledger.line(0, 3);
    assert.equal(ledger.takeLost(), 2);
  });

  it('leaves out a mark of which a part was lost', () => {
    const ledger = new LineLedger();
    ledger.line(0, 1);
    ledger.part(SECOND, 0, 1);
    ledger.mark(SECOND, 2, SECOND);
    assert.equal(ledger.takeWatermark(), null);
    mark(ledger, 2 * SECOND, [1]);
    assert.equal(ledger.takeWatermark(), 2 * SECOND - MARGIN);
  });

  it('passes a mark before which nothing happened', () => {
    const ledger = new LineLedger();
    mark(ledger, SECOND, []);
    assert.equal(ledger.takeWatermark(), SECOND - MARGIN);
  });
});
