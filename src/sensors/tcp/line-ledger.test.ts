import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineLedger } from './line-ledger.ts';

const SECOND = 1e9;
const MARGIN = 20e6;

function mark(ledger: LineLedger, at: number, made: readonly number[]): void {
  for (const [cpu, count] of made.entries()) ledger.part(at, cpu, count);
  ledger.mark(at, made.length);
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

  it('gives up the last lines of a CPU after 5 s, and counts them', () => {
    const ledger = new LineLedger();
    ledger.line(0, 1);
    mark(ledger, SECOND, [4]);
    mark(ledger, 5 * SECOND, [4]);
    assert.deepEqual([ledger.takeWatermark(), ledger.takeLost()], [null, 0]);
    mark(ledger, 6.2 * SECOND, [4]);
    assert.deepEqual([ledger.takeWatermark(), ledger.takeLost()], [6.2 * SECOND - MARGIN, 3]);
  });

  it('does not count a line as lost and as read', () => {
    const ledger = new LineLedger();
    mark(ledger, SECOND, [2]);
    mark(ledger, 7 * SECOND, [2]);
    ledger.takeWatermark();
    ledger.line(0, 1);
    ledger.line(0, 3);
    assert.equal(ledger.takeLost(), 2);
  });

  it('leaves out a mark of which a part was lost', () => {
    const ledger = new LineLedger();
    ledger.line(0, 1);
    ledger.part(SECOND, 0, 1);
    ledger.mark(SECOND, 2);
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
