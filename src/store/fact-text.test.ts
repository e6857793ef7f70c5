import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { payloadOf, storedFactOf } from './fact-text.ts';
import { NOON, sampleEnd } from './sample-facts.ts';

describe('the text of a fact', () => {
  const needed = {
    recordedAt: NOON,
    evidence: 'declared',
    source: { id: 'sample', node: 'node-1', sequence: 1 },
    kind: 'assert',
    subject: { kind: 'team', id: '","data":{' },
    validFrom: NOON,
  } as const;
  const optional = { validUntil: NOON + 5, actor: 'ann' };
  const data = { name: 'a', contact: '},"actor":"b","data":{"data":1}' };

  it('holds the data last, which is left unread', () => {
    const expected = { ...needed, ...optional, position: 7, dataText: JSON.stringify(data) };
    assert.deepEqual(storedFactOf(payloadOf({ data, ...needed, ...optional }), 7), expected);
  });

  it('is read whole where the data stands elsewhere', () => {
    const { validUntil, actor } = optional;
    const orders = [
      { data, ...needed, validUntil, actor },
      { ...needed, data, actor, validUntil },
      { ...needed, validUntil, data, actor },
    ];
    for (const order of orders)
      assert.deepEqual(storedFactOf(JSON.stringify(order), 7), { ...order, position: 7 });
  });

  it('of an end has no data', () => {
    const end = sampleEnd(2, 'team-1', 3);
    assert.deepEqual(storedFactOf(payloadOf(end), 8), { ...end, position: 8 });
  });
});
